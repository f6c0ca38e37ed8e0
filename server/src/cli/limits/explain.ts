/** `limits explain <run>`: what the guard judged in a run, which limit decided, where it comes from, and why. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { percent } from '@rollcall/core';
import type { Verdict } from '../../store/limit-judgements.js';
import { chooseTenant } from '../../store/tenants.js';
import { explainLimits, type Explained } from '../../sync/limits/explain-limits.js';
import { EXIT } from '../exit-codes.js';
import { wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { runOf } from '../runs/run-of.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly verdict?: Verdict;
  readonly limit: number;
  readonly offset: number;
  readonly tenant?: string;
}

export function explainLimitsCommand(limits: Command, frame: CommandFrame): void {
  const explain = limits
    .command('explain')
    .description('Which limit decided what in a run, and why; what was held comes first.')
    .argument('<run>', 'its id, or "last"')
    .addOption(new Option('--verdict <verdict>', 'only these').choices(['held', 'passed', 'exempt']))
    .option('--limit <n>', 'at most so many rows', wholeNumber(1, 1000), 100)
    .option('--offset <n>', 'leave out so many rows before them', wholeNumber(0, 1_000_000), 0)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(explain, frame, (terminal, options, wanted) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const { run, judgements } = await db.withTenant(tenantId, async (tx) => {
        const found = await runOf(tx, tenantId, wanted!);
        return { run: found, judgements: await explainLimits(tx, { tenantId, runId: found.id }, options) };
      });
      const decided = run.mode === 'apply' || run.mode === 'undo';
      terminal.result({ run: run.id, judgements }, () => explainText(judgements, decided));
      return EXIT.ok;
    }),
  );
}

export function explainText(judgements: readonly Explained[], decided: boolean): string {
  if (judgements.length > 0) return table(heads, judgements.map(rowOf));
  return decided
    ? 'That run carries out a decision: a person was asked, and no limit.'
    : 'No limit was asked here: nothing was created, changed or taken away.';
}

const heads = ['entity', 'operation', 'scope', 'rows', 'active', 'share', '7 days', 'verdict', 'why', 'limit from'];

const rowOf = (j: Explained) => [
  ...[j.entity, j.operation, j.scope, j.rows, j.active, j.share === null ? null : percent(j.share), j.drained],
  ...[j.verdict, j.why, j.from],
];
