/** `holds list` and `holds show <id>`: what waits for a person's decision, and which rows it is about. */
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { findHold, heldRows, listHolds } from '../store/holds.js';
import { findIntegration } from '../store/integrations.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { isUuid, wholeNumber } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface ListOptions {
  readonly integration?: string;
  readonly all?: boolean;
  readonly tenant?: string;
}

interface ShowOptions {
  readonly limit: number;
  readonly tenant?: string;
}

export function addHolds(program: Command, frame: CommandFrame): void {
  const holds = program.command('holds').description('Look at what waits for a decision.');
  const list = holds
    .command('list')
    .description('Open holds, newest first.')
    .option('--integration <name>', 'only of this integration')
    .option('--all', 'closed ones too')
    .option('--tenant <name>', 'needed only where there are several');
  act<ListOptions>(list, frame, (terminal, options) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const found = await findHolds(db, options);
      const rows = found.map((h) => [h.id, h.integration, h.entity, h.operation, h.scope, h.rows, h.state, h.reason]);
      terminal.result(found, () => (rows.length > 0 ? table(heads, rows) : 'Nothing is held back.'));
      return EXIT.ok;
    }),
  );
  const show = holds
    .command('show')
    .description('A hold and its rows, as the latest run planned them.')
    .argument('<id>')
    .option('--limit <n>', 'at most so many rows', wholeNumber(1, 1000), 100)
    .option('--tenant <name>', 'needed only where there are several');
  act<ShowOptions>(show, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const found = await holdWithRows(db, id!, options);
      const rows = found.rows.map((r) => [r.externalId, r.operation, r.absent ? 'absent' : 'asked for', r.localId]);
      const { hold } = found;
      const head = `${hold.integration}: ${hold.rows} × ${hold.operation} ${hold.entity}, ${hold.state}\n${hold.reason}`;
      terminal.result(
        { ...hold, changes: found.rows },
        () => `${head}\n\n${table(['external id', 'operation', 'why', 'local id'], rows)}`,
      );
      return EXIT.ok;
    }),
  );
}

const heads = ['hold', 'integration', 'entity', 'operation', 'scope', 'rows', 'state', 'why'];

async function findHolds(db: Database, { tenant, integration, all }: ListOptions) {
  const { id: tenantId } = await chooseTenant(db, tenant);
  return db.withTenant(tenantId, async (tx) => {
    const of = integration ? { integrationId: (await findIntegration(tx, tenantId, integration)).id } : {};
    return listHolds(tx, tenantId, { ...of, ...(all ? {} : { state: 'open' as const }) });
  });
}

async function holdWithRows(db: Database, id: string, { tenant, limit }: ShowOptions) {
  const { id: tenantId } = await chooseTenant(db, tenant);
  if (!isUuid(id)) throw new Fault('not_found', 'There is no such hold.');
  return db.withTenant(tenantId, async (tx) => {
    const hold = await findHold(tx, tenantId, id);
    return { hold, rows: await heldRows(tx, { ...hold, tenantId }, { limit, offset: 0 }) };
  });
}
