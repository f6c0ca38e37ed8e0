/** `limits list|set|remove|explain` and `limits calendar …`: from which measure on a change waits for a person, and what decided. */
import type { Command } from 'commander';
import { listRules, type StoredRule } from '../store/limit-rules.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { addCalendarCommands } from './limits/calendar.js';
import { changeLimitCommands } from './limits/change.js';
import { explainLimitsCommand } from './limits/explain.js';
import { percent } from '@rollcall/core';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface ListOptions {
  readonly all?: boolean;
  readonly tenant?: string;
}

export function addLimits(program: Command, frame: CommandFrame): void {
  const limits = program.command('limits').description('Decide from which measure on a change waits for a person.');
  const list = limits
    .command('list')
    .description('The limits that people have set; without any, the defaults hold.')
    .option('--all', 'removed ones too')
    .option('--tenant <name>', 'needed only where there are several');
  act<ListOptions>(list, frame, (terminal, { all = false, tenant }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const rules = await db.withTenant(tenantId, (tx) => listRules(tx, tenantId, { all }));
      terminal.result(rules, () => (rules.length > 0 ? table(heads, rules.map(rowOf)) : none));
      return EXIT.ok;
    }),
  );
  changeLimitCommands(limits, frame);
  explainLimitsCommand(limits, frame);
  addCalendarCommands(limits, frame);
}

const none = 'No limit is set; the defaults hold.';
const heads = [
  'limit',
  'integration',
  'school',
  'entity',
  'operation',
  'season',
  'share',
  'rows',
  'set by',
  'why',
  'removed',
];

const rowOf = (rule: StoredRule) => [
  ...[rule.id, rule.integration ?? 'all', rule.school ?? 'all', rule.entity ?? 'all', rule.operation ?? 'all'],
  ...[rule.season ?? 'any', percent(rule.share), rule.rows, rule.createdBy, rule.reason],
  rule.removedAt?.toISOString().slice(0, 16),
];
