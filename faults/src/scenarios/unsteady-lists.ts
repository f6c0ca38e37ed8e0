/** F20, F21, F22, F25: lists that repeat, drift, shrink, lie about their length, are empty, or end in an error. Nothing is removed. */
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const unsteadyLists: readonly InnerScenario[] = [
  {
    fault: 'F20',
    play: (trial) =>
      under(trial, [{ fault: 'duplicate-rows', count: 3 }, { fault: 'drift', times: 3 }, { fault: 'drift' }]),
  },
  {
    fault: 'F21',
    play: (trial) =>
      under(trial, [
        { fault: 'wrong-total', delta: 5 },
        { fault: 'wrong-total', delta: -5 },
        { fault: 'wrong-total', absent: true },
        { fault: 'ignore-offset' },
        { fault: 'clamp', limit: 7 },
        { fault: 'wrong-key' },
      ]),
  },
  { fault: 'F22', play: empty },
  {
    fault: 'F25',
    play: (trial) =>
      under(trial, [
        { fault: 'error-past-end', status: 500 },
        { fault: 'error-past-end', status: 404 },
      ]),
  },
];

const lists = ['orgs', 'academicSessions', 'courses', 'users', 'classes', 'enrollments'] as const;

async function under(trial: Trial, faults: readonly object[]): Promise<void> {
  await prepare(trial, false);
  const collection = trial.random.pick(['users', 'classes', 'enrollments'] as const);
  const active = await activeRows(trial);
  await trial.site.sandbox.fault({ ...trial.random.pick(faults), collection });
  trial.settings = { pageSize: trial.random.pick([20, 60]) };
  const run = await trial.sync(trial.random.pick(['full', 'incremental']));
  trial.expect(
    run.state.startsWith('completed') || Boolean(run.reason && run.nextStep),
    `the run is ${run.state} without a reason`,
  );
  // What drifted away may look like an absence; nothing goes for it.
  for (const [name, rows] of await activeRows(trial))
    if (rows < active.get(name)! - (name === 'enrollments' ? trial.site.mayBeGone.size : 0))
      trial.violate('removed', `${active.get(name)! - rows} ${name} went under an unsteady list`);
  await trial.site.sandbox.noFaults();
  await forgetDrifted(trial);
}

/** A list drifts because rows leave the source for good; enrollments then go after two complete reads. */
async function forgetDrifted(trial: Trial): Promise<void> {
  const before = new Set(trial.site.universe.ids.get('enrollments'));
  const now = await trial.look();
  for (const id of before) if (!now.get('enrollments')!.has(id)) trial.site.mayBeGone.add(id);
}

async function empty(trial: Trial): Promise<void> {
  await prepare(trial, false);
  const entity = trial.random.pick(lists);
  const active = await activeRows(trial);
  await trial.site.sandbox.control('empty', { entity });
  for (let reads = trial.random.between(1, 3); reads > 0; reads -= 1) {
    const run = await trial.sync();
    trial.expect(
      run.reason !== null || run.state === 'completed_with_holds',
      `${entity} came empty and the run is ${run.state} without a reason`,
    );
  }
  const now = await activeRows(trial);
  if (now.get(entity)! < active.get(entity)!) trial.violate('removed', `${entity} came empty and rows were removed`);
  await trial.site.sandbox.control('empty', { entity, off: true });
}

export async function activeRows(trial: Trial): Promise<Map<string, number>> {
  const rows = await trial.lane.ask<{ name: string; rows: number }>(
    ['orgs', 'academic_sessions', 'courses', 'users', 'classes', 'enrollments']
      .map(
        (table, n) =>
          `SELECT '${lists[n]}' AS name, count(*)::int AS rows FROM ${table} WHERE tenant_id = $1 AND active`,
      )
      .join(' UNION ALL '),
    [trial.site.tenantId],
  );
  return new Map(rows.map((row) => [row.name, row.rows]));
}
