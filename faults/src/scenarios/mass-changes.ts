/** F23: half of everything goes, changes or moves. It waits for a person; when the source is itself again nothing has happened. */
import { defaultGrace } from '@rollcall/core';
import { setLimit } from '@rollcall/server/sync/limits/change-limits.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const massChanges: readonly InnerScenario[] = [{ fault: 'F23', play: massChange }];

async function massChange(trial: Trial): Promise<void> {
  await trial.completes(trial.sync());
  const { sandbox } = trial.site;
  const change = trial.random.pick(['leavers', 'school', 'ended', 'edited', 'moved'] as const);
  if (change === 'leavers') await sandbox.control('leavers', { share: 0.6 });
  if (change === 'school') await sandbox.control('lose-school', {});
  if (change === 'ended') await sandbox.control('tobedeleted', { entity: 'enrollments', count: 120 });
  if (change === 'edited') await sandbox.control('edit', { share: 1 });
  if (change === 'moved') await sandbox.control('move', { count: 10 });
  // Of so small a district the leavers' part is below every limit but one of its own.
  if (change === 'leavers') await holdAnyLoss(trial);
  await trial.look();
  const reads = trial.random.between(change === 'leavers' ? 2 : 1, 3);
  for (let read = 1; read <= reads; read += 1) {
    const run = await trial.completes(trial.sync());
    const waits = change === 'leavers' ? read >= defaultGrace.enrollments.completeRuns : change !== 'moved';
    if (waits)
      trial.expect(run.state === 'completed_with_holds', `after a mass change (${change}) the run is ${run.state}`);
  }
  if (change === 'leavers' || change === 'school') await nobodyWent(trial);
  await sandbox.reset();
}

async function holdAnyLoss({ lane, site: { tenantId } }: Trial): Promise<void> {
  const scope = {
    integration: null,
    school: null,
    entity: 'enrollments',
    operation: 'deactivate',
    season: null,
  } as const;
  const asked = { tenantId, reason: 'the district is small', actor: 'trial' };
  await setLimit(lane.base.app, { ...asked, rule: { ...scope, share: 0.1, rows: 1 } });
}

async function nobodyWent(trial: Trial): Promise<void> {
  const gone = await trial.lane.ask('SELECT FROM users WHERE tenant_id = $1 AND NOT active', [trial.site.tenantId]);
  if (gone.length > 0) trial.violate('removed', `${gone.length} people went with a mass change that nobody approved`);
}
