/** F23: half of everything goes, changes or moves. It waits for a person; when the source is itself again nothing has happened. */
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
  await trial.look();
  for (let reads = trial.random.between(1, 3); reads > 0; reads -= 1) {
    const run = await trial.completes(trial.sync());
    // Of so small a district the leavers' part is below every limit; grace alone keeps them.
    if (change !== 'moved' && change !== 'leavers')
      trial.expect(run.state === 'completed_with_holds', `after a mass change (${change}) the run is ${run.state}`);
  }
  if (change === 'leavers' || change === 'school') await nobodyWent(trial);
  await sandbox.reset();
}

async function nobodyWent(trial: Trial): Promise<void> {
  const gone = await trial.lane.ask('SELECT FROM users WHERE tenant_id = $1 AND NOT active', [trial.site.tenantId]);
  if (gone.length > 0) trial.violate('removed', `${gone.length} people went with a mass change that nobody approved`);
}
