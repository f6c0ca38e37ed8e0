/** `schedule add|list|remove`: when an integration is synced without anybody asking. */
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { addSchedule, removeSchedule } from '../jobs/schedules/change-schedules.js';
import { findIntegration } from '../store/integrations.js';
import { listSchedules, type Schedule, type Strategy } from '../store/schedules.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { duration, isUuid, oneOf } from './option-values.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface AddOptions {
  readonly cron?: string;
  readonly every?: number;
  readonly zone: string;
  readonly jitter: number;
  readonly blackout?: readonly string[];
  readonly strategy?: Strategy;
  readonly tenant?: string;
}

interface ListOptions {
  readonly integration?: string;
  readonly tenant?: string;
}

export function addScheduleCommands(program: Command, frame: CommandFrame): void {
  const schedule = program.command('schedule').description('Decide when integrations are synced by themselves.');
  addAdd(schedule, frame);
  const list = schedule
    .command('list')
    .description('All schedules, and what each did last.')
    .option('--integration <name>', 'only of this integration')
    .option('--tenant <name>', 'needed only where there are several');
  act<ListOptions>(list, frame, (terminal, { integration, tenant }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const found = await db.withTenant(tenantId, async (tx) => {
        const of = integration ? (await findIntegration(tx, tenantId, integration)).id : undefined;
        return listSchedules(tx, tenantId, of);
      });
      terminal.result(found, () => (found.length > 0 ? table(heads, found.map(rowOf)) : 'There is no schedule yet.'));
      return EXIT.ok;
    }),
  );
  const remove = schedule
    .command('remove')
    .description('Removes a schedule; its runs stay.')
    .argument('<id>')
    .option('--tenant <name>', 'needed only where there are several');
  act<Pick<ListOptions, 'tenant'>>(remove, frame, (terminal, { tenant }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      if (!isUuid(id!)) throw new Fault('not_found', 'There is no such schedule.');
      const removed = await removeSchedule(db, { tenantId, id: id!, actor: 'cli' });
      terminal.result(removed, () => `Removed: ${termsText(removed)} of ${removed.integration}.`);
      return EXIT.ok;
    }),
  );
}

function addAdd(schedule: Command, frame: CommandFrame): void {
  const add = schedule
    .command('add')
    .description('Adds a schedule to an integration.')
    .argument('<integration>', 'its name or id')
    .option('--cron <expression>', 'five fields, for example "0 2 * * *"')
    .option('--every <time>', 'an interval instead, for example 15m or 6h', duration)
    .option('--zone <name>', 'time zone of cron and blackouts, for example America/Chicago', 'UTC')
    .option('--jitter <time>', 'start up to so much later', duration, 0)
    .option('--blackout <windows...>', 'start nothing then: "mon-fri 08:00-15:00", 2026-12-20..2027-01-06')
    .option('--strategy <name>', "full or incremental instead of the integration's own", oneOf('full', 'incremental'))
    .option('--tenant <name>', 'needed only where there are several');
  act<AddOptions>(add, frame, (terminal, options, integration) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const wanted = { tenantId, actor: 'cli', integration: integration!, terms: termsOf(options) };
      const added = await addSchedule(db, wanted, new Date(frame.at.clock.now()));
      terminal.result(added, () => `Added: ${termsText(added)}; next at ${added.dueAt.toISOString()}.`);
      return EXIT.ok;
    }),
  );
}

const termsOf = ({ cron, every, zone, jitter, blackout, strategy }: AddOptions) => ({
  cron: cron ?? null,
  everySeconds: every ?? null,
  timeZone: zone,
  jitterSeconds: jitter,
  blackouts: blackout ?? [],
  strategy: strategy ?? null,
  enabled: true,
});

const heads = ['schedule', 'integration', 'when', 'strategy', 'next', 'last', 'outcome', 'why'];

function rowOf(schedule: Schedule) {
  const { id, integration, strategy, enabled, dueAt, last } = schedule;
  const next = enabled ? dueAt.toISOString().slice(0, 16) : 'off';
  const fired = last?.firedAt.toISOString().slice(0, 16);
  return [id, integration, termsText(schedule), strategy ?? 'its own', next, fired, last?.outcome, last?.reason];
}

const termsText = ({ cron, everySeconds, timeZone }: Schedule): string =>
  cron === null ? `every ${everySeconds} s` : `${cron} ${timeZone}`;
