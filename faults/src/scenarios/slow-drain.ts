/** F24: a few people go every day, for a week, each day too few to be asked about. Their sum is, and only what came before has gone. */
import { setLimit } from '@rollcall/server/sync/limits/change-limits.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const slowDrains: readonly InnerScenario[] = [{ fault: 'F24', play: drain }];

const days = 7;
const daily = 1;
/** From so many in seven days on a person is asked. The district is far below what the usual limits look at. */
const limit = 4;

async function drain(trial: Trial): Promise<void> {
  await trial.completes(trial.sync());
  const { tenantId, sandbox } = trial.site;
  const anywhere = { integration: null, school: null, season: null };
  const rule = { ...anywhere, entity: 'users', operation: 'deactivate', share: 0.001, rows: limit } as const;
  await setLimit(trial.lane.base.app, { tenantId, rule, reason: 'a small district', actor: 'trial' });
  let heldOn = 0;
  for (let day = 1; day <= days; day += 1) {
    await sandbox.control('leavers', { count: daily });
    const run = await trial.completes(trial.sync());
    if (heldOn === 0 && run.state === 'completed_with_holds') heldOn = day;
    await nextDay(trial);
  }
  trial.expect(heldOn > 1, heldOn === 0 ? 'a week of leavers was never asked about' : 'the first day was asked about');
  const gone = await trial.lane.ask('SELECT FROM users WHERE tenant_id = $1 AND NOT active', [tenantId]);
  if (gone.length >= limit)
    trial.violate('removed', `${gone.length} people went in a week, and ${limit} need a person`);
  await sandbox.reset();
}

/** The database's clock goes on by a day, as far as removals look at it. */
async function nextDay({ lane, site: { tenantId } }: Trial): Promise<void> {
  for (const [table, column] of [
    ['external_system_mappings', 'missing_since'],
    ['removal_counts', 'counted_at'],
  ])
    await lane.ask(`UPDATE ${table} SET ${column} = ${column} - interval '25 hours' WHERE tenant_id = $1`, [tenantId]);
}
