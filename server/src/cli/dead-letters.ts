/** `dead-letters list|show|replay|edit|revert|discard`: what could not be done after its tries, and what is done about it. */
import { entityNames, type EntityName } from '@rollcall/core';
import { Option, type Command } from 'commander';
import {
  letterKinds,
  letterStates,
  listLetters,
  type DeadLetter,
  type LetterKind,
  type LetterState,
} from '../store/dead-letters.js';
import { findIntegration } from '../store/integrations.js';
import { chooseTenant } from '../store/tenants.js';
import { discardCommand } from './dead-letters/discard.js';
import { editCommand } from './dead-letters/edit.js';
import { replayCommand } from './dead-letters/replay.js';
import { showLetterCommand } from './dead-letters/show.js';
import { EXIT } from './exit-codes.js';
import { fingerprintText, wholeNumber } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface ListOptions {
  readonly integration?: string;
  readonly kind?: LetterKind;
  readonly state: LetterState | 'any';
  readonly entity?: EntityName;
  readonly fingerprint?: string;
  readonly limit: number;
  readonly offset: number;
  readonly tenant?: string;
}

export function addDeadLetters(program: Command, frame: CommandFrame): void {
  const letters = program
    .command('dead-letters')
    .description('Look at what could not be done after its tries, and settle it.');
  const list = letters
    .command('list')
    .description('Open dead letters, newest first.')
    .option('--integration <name>', 'only of this integration')
    .addOption(new Option('--kind <kind>', 'only these').choices(letterKinds))
    .addOption(new Option('--state <state>', 'others than open ones').choices([...letterStates, 'any']).default('open'))
    .addOption(new Option('--entity <name>', 'only records of it').choices(entityNames))
    .option('--fingerprint <fingerprint>', 'only letters of the same kind of trouble', fingerprintText)
    .option('--limit <n>', 'at most so many', wholeNumber(1, 1000), 100)
    .option('--offset <n>', 'leave out so many before them', wholeNumber(0, 1_000_000), 0)
    .option('--tenant <name>', 'needed only where there are several');
  act<ListOptions>(list, frame, (terminal, { tenant, integration, state, ...options }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const found = await db.withTenant(tenantId, async (tx) => {
        const integrationId = integration ? (await findIntegration(tx, tenantId, integration)).id : undefined;
        const filter = { ...options, integrationId, state: state === 'any' ? undefined : state };
        return listLetters(tx, tenantId, filter, options);
      });
      terminal.result(found, () =>
        found.length > 0 ? table(heads, found.map(rowOf)) : 'There is no such dead letter.',
      );
      return EXIT.ok;
    }),
  );
  showLetterCommand(letters, frame);
  replayCommand(letters, frame);
  editCommand(letters, frame);
  discardCommand(letters, frame);
}

const heads = ['letter', 'integration', 'kind', 'what', 'state', 'tries', 'fingerprint', 'last seen', 'why'];

const rowOf = (letter: DeadLetter) => {
  const { id, integration, kind, entity, externalId, state, attempts, fingerprint, lastSeenAt, reason } = letter;
  const what = entity === null ? (letter.runId ?? letter.scheduleId) : `${entity} ${externalId}`;
  return [id, integration, kind, what, state, attempts, fingerprint, lastSeenAt.toISOString().slice(0, 16), reason];
};
