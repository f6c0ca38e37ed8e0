/** `holds list|show|approve|decline`: what waits for a person, and what that person decides. */
import type { Command } from 'commander';
import type { Database } from '../store/database.js';
import { listHolds } from '../store/holds.js';
import { findIntegration } from '../store/integrations.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { approveHoldCommand } from './holds/approve.js';
import { declineHoldCommand } from './holds/decline.js';
import { showHoldCommand } from './holds/show.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface ListOptions {
  readonly integration?: string;
  readonly all?: boolean;
  readonly tenant?: string;
}

export function addHolds(program: Command, frame: CommandFrame): void {
  const holds = program.command('holds').description('Look at what waits for a decision, and decide.');
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
  showHoldCommand(holds, frame);
  approveHoldCommand(holds, frame);
  declineHoldCommand(holds, frame);
}

const heads = ['hold', 'integration', 'entity', 'operation', 'scope', 'rows', 'state', 'why'];

async function findHolds(db: Database, { tenant, integration, all }: ListOptions) {
  const { id: tenantId } = await chooseTenant(db, tenant);
  return db.withTenant(tenantId, async (tx) => {
    const of = integration ? { integrationId: (await findIntegration(tx, tenantId, integration)).id } : {};
    return listHolds(tx, tenantId, { ...of, ...(all ? {} : { state: 'open' as const }) });
  });
}
