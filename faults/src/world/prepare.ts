/** What a trial begins with: an empty hub, or one in step with a source in which some things have changed since. */
import type { Trial } from './trial.js';

export async function prepare(trial: Trial, isFirst?: boolean): Promise<void> {
  if (isFirst ?? trial.random.chance(0.4)) return;
  await trial.completes(trial.sync());
  const { sandbox } = trial.site;
  await sandbox.control('edit', { share: 0.2 });
  await sandbox.control('joiners', { count: trial.random.between(1, 3) });
  if (trial.random.chance(0.5)) await someoneLeaves(trial);
  await trial.look();
}

/** A person stays for a day of grace; an enrollment goes after two complete reads. */
async function someoneLeaves(trial: Trial): Promise<void> {
  await trial.site.sandbox.control('leavers', { count: 1 });
  const before = new Set(trial.site.universe.ids.get('enrollments'));
  const now = await trial.look();
  for (const id of before) if (!now.get('enrollments')!.has(id)) trial.site.mayBeGone.add(id);
}
