/** `holds show <id>`: a hold with its digest and its rows, page by page, and the commands that decide it. */
import type { Command } from 'commander';
import { heldRows, type HeldRow, type Hold } from '../../store/holds.js';
import { chooseTenant } from '../../store/tenants.js';
import { commandText } from '../command-text.js';
import { EXIT } from '../exit-codes.js';
import { wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { number, table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { holdOf } from './hold-of.js';
import { rowsText } from './rows-text.js';

interface Options {
  readonly limit: number;
  readonly offset: number;
  readonly tenant?: string;
}

export function showHoldCommand(holds: Command, frame: CommandFrame): void {
  const show = holds
    .command('show')
    .description('A hold and its rows, as the latest run planned them.')
    .argument('<id>')
    .option('--limit <n>', 'at most so many rows', wholeNumber(1, 1000), 100)
    .option('--offset <n>', 'leave out so many rows before them', wholeNumber(0, 10_000_000), 0)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(show, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const hold = await holdOf(db, tenantId, id!);
      const rows = await db.withTenant(tenantId, (tx) => heldRows(tx, { ...hold, tenantId }, options));
      terminal.result({ ...hold, changes: rows }, () => holdText(hold, rows, options));
      return EXIT.ok;
    }),
  );
}

const changes: Readonly<Partial<Record<Hold['operation'], string>>> = {
  match: 'join or create',
  rekey: 'join under new ids',
  reuse: 'update, by ids that name somebody else,',
};

export function holdText(hold: Hold, rows: readonly HeldRow[], { offset, tenant }: Options): string {
  const facts = [
    ['integration', hold.integration],
    [hold.scopeKind, hold.scope],
    ['change', `${changes[hold.operation] ?? hold.operation} ${number(hold.rows)} ${hold.entity}`],
    ['state', hold.closedReason ? `${hold.state}: ${hold.closedReason}` : hold.state],
    ['why', hold.reason],
    ['digest', hold.digest],
  ];
  const end = offset + rows.length;
  return [
    table(['hold', hold.id], facts),
    '',
    rowsText(hold.operation, rows),
    ...(hold.state === 'open' && end < hold.rows
      ? [`Rows ${number(offset + 1)} to ${number(end)} of ${number(hold.rows)}. Go on with --offset ${end}.`]
      : []),
    ...(hold.state === 'open' ? decisions(hold, tenant) : []),
  ].join('\n');
}

function decisions({ id, digest, operation }: Hold, tenant: string | undefined): string[] {
  const words = (verb: string) => ['holds', verb, id, '--digest', digest, '--reason', '"<why>"'];
  const joins = operation === 'match' || operation === 'rekey';
  return [
    '',
    'Decide with one of these; --rows or --rows-file limits it to some of the rows, by their local ids:',
    `  ${commandText(words('approve'), tenant)}`,
    ...(joins ? [`  ${commandText([...words('approve'), '--as-new'], tenant)}`] : []),
    `  ${commandText(words('decline'), tenant)}`,
  ];
}
