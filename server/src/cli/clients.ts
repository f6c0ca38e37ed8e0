/** `clients add|list|change|rotate|revoke`: who may read this hub as a OneRoster provider. A secret is printed once, and never again. */
import { Option, type Command } from 'commander';
import { changeClient } from '../provider/change-client.js';
import { addClient, revokeClient, rotateClient, shownClients, type ShownClient } from '../provider/change-clients.js';
import { scopes, type Scope } from '../provider/operations.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { operatingUser } from './operating-user.js';
import { duration } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import type { Terminal } from './terminal.js';
import { withRollcall } from './with-rollcall.js';

interface TenantOption {
  readonly tenant?: string;
}

interface ChangeOptions extends TenantOption {
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly schools?: readonly string[];
  readonly allSchools?: boolean;
  readonly withhold?: readonly string[];
  readonly withholdNothing?: boolean;
}

interface AddOptions extends TenantOption {
  readonly scopes: readonly Scope[];
  readonly schools?: readonly string[];
  readonly allSchools?: boolean;
  readonly withhold?: readonly string[];
}

const forTenant = ['--tenant <name>', 'needed only where there are several'] as const;

export function addClients(program: Command, frame: CommandFrame): void {
  const clients = program.command('clients').description('Decide who may read this roster as OneRoster 1.2.');
  addAdd(clients, frame);
  const list = clients
    .command('list')
    .description('All clients, and what each may see.')
    .option(...forTenant);
  act<TenantOption>(list, frame, (terminal, { tenant }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const found = await shownClients(db, (await chooseTenant(db, tenant)).id);
      terminal.result(found, () => (found.length > 0 ? table(heads, found.map(rowOf)) : 'There is no client yet.'));
      return EXIT.ok;
    }),
  );
  addChange(clients, frame);
  addRotate(clients, frame);
  const revoke = clients
    .command('revoke')
    .description('Ends a client: its secrets and tokens hold no longer.')
    .argument('<client>', 'its name')
    .option(...forTenant);
  act<TenantOption>(revoke, frame, (terminal, { tenant }, client) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const revoked = await revokeClient(db, { tenantId, actor: operatingUser(), client: client! });
      terminal.result(revoked, () => `Revoked: ${revoked.name}.`);
      return EXIT.ok;
    }),
  );
}

function addAdd(clients: Command, frame: CommandFrame): void {
  const add = clients
    .command('add')
    .description('Adds a client and prints its id and its secret, once.')
    .argument('<name>')
    .addOption(
      new Option('--scopes <scopes...>', 'what it may ask for')
        .choices([...scopes])
        .default(['roster.readonly', 'roster-core.readonly']),
    )
    .addOption(new Option('--schools <schools...>', 'the schools it sees, by name or local id').conflicts('allSchools'))
    .option('--all-schools', 'it sees every school instead')
    .option('--withhold <fields...>', 'what it never sees, for example users.email users.metadata')
    .option(...forTenant);
  act<AddOptions>(add, frame, (terminal, options, name) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const { withhold = [], scopes: its } = options;
      // Neither named is no school at all, which is refused: sharing everything has to be said.
      const schools = options.allSchools ? null : (options.schools ?? []);
      const wanted = { tenantId, actor: operatingUser(), name: name!, scopes: its, schools, withheld: withhold };
      tellSecret(terminal, await addClient(db, wanted), 'Added');
      return EXIT.ok;
    }),
  );
}

function addChange(clients: Command, frame: CommandFrame): void {
  const change = clients
    .command('change')
    .description('Changes what a client is called and may see, from its next request on; what is not named stays.')
    .argument('<client>', 'its name')
    .option('--name <name>', 'another name')
    .addOption(new Option('--scopes <scopes...>', 'all that it may ask for').choices([...scopes]))
    .addOption(new Option('--schools <schools...>', 'all the schools that it sees').conflicts('allSchools'))
    .option('--all-schools', 'it sees every school')
    .addOption(new Option('--withhold <fields...>', 'all that it never sees').conflicts('withholdNothing'))
    .option('--withhold-nothing', 'it sees every field')
    .option(...forTenant);
  act<ChangeOptions>(change, frame, (terminal, options, client) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const { name, scopes: its, allSchools, withholdNothing } = options;
      const schools = allSchools ? null : options.schools;
      const withheld = withholdNothing ? [] : options.withhold;
      const wanted = { tenantId, actor: operatingUser(), client: client!, name, scopes: its, schools, withheld };
      const changed = await changeClient(db, wanted);
      terminal.result(changed, () => table(heads, [rowOf(changed)]));
      return EXIT.ok;
    }),
  );
}

function addRotate(clients: Command, frame: CommandFrame): void {
  const rotate = clients
    .command('rotate')
    .description('Gives a client a new secret and prints it, once.')
    .argument('<client>', 'its name')
    .option('--overlap <time>', 'how long the old one holds beside it', duration, 86_400)
    .option(...forTenant);
  act<TenantOption & { overlap: number }>(rotate, frame, (terminal, { tenant, overlap }, client) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const asked = { tenantId, actor: operatingUser(), client: client!, overlapSeconds: overlap };
      tellSecret(terminal, await rotateClient(db, asked), 'Rotated');
      return EXIT.ok;
    }),
  );
}

function tellSecret(terminal: Terminal, client: ShownClient & { secret: string }, done: string): void {
  terminal.result(
    client,
    () =>
      `${done}: ${client.name}\n  client id  ${client.clientId}\n  secret     ${client.secret}\nIt is not shown again.`,
  );
}

const heads = ['client', 'state', 'scopes', 'schools', 'withheld', 'client id'];

const rowOf = ({ name, state, scopes: its, schools, withheld, clientId }: ShownClient) => [
  ...[name, state, its.join(' '), schools === null ? 'all' : String(schools.length), withheld.join(' ') || null],
  clientId,
];
