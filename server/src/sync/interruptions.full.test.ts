/**
 * A person's word reaches a run at any moment: cancelled it writes nothing more and keeps what it applied; paused it rests at its
 * last committed step and goes on from there to the same end as if it had never been disturbed.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { finalRunStates } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { isRunDue } from '../store/run-due.js';
import { findRun } from '../store/runs.js';
import { cancelRun } from './cancel-run.js';
import { failpoints, type FailpointName } from './failpoints.js';
import { pauseIntegration, resumeIntegration } from './pause-integration.js';
import { requestRun } from './request-run.js';
import { requestUndo } from './request-undo.js';
import { District, type SyncOptions } from './testing/district.js';
import { tidyStages } from './tidy-stages.js';

let district: District;
let undisturbed: string;
const small: SyncOptions = { pageSize: 60, policy: { chunkRows: 40 } };

beforeAll(async () => {
  district = await District.open('sync_interruptions', 60);
  await district.sync(small);
  undisturbed = await district.contents();
});
afterAll(() => district.close());
beforeEach(async () => {
  await district.wipe();
  await district.sql('UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL');
});

const tenantId = () => district.database.tenantId;
const wanted = () =>
  ({ tenantId: tenantId(), integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' }) as const;
const request = async () => (await requestRun(district.database.app, wanted())).runId;
const find = (runId: string) => district.database.app.withTenant(tenantId(), (tx) => findRun(tx, tenantId(), runId));
const isDue = (runId: string) =>
  district.database.app.withTenant(tenantId(), (tx) => isRunDue(tx, { tenantId: tenantId(), runId }));

const cancel = (runId: string) =>
  cancelRun(district.database.app, { tenantId: tenantId(), runId, actor: 'test', reason: 'wrong file' });
const pause = () => pauseIntegration(district.database.app, { ...wanted(), reason: 'exams' });
const resume = () => resumeIntegration(district.database.app, wanted());

/** Everything that a run can write. */
const traces = () =>
  district.sql(
    [
      'sync_pages',
      'sync_changes',
      'sync_chunks',
      'users',
      'classes',
      'enrollments',
      'external_system_mappings',
      'outbox',
    ]
      .map((table) => `SELECT '${table}' AS name, count(*) AS rows FROM ${table}`)
      .join(' UNION ALL '),
  );

/** Whatever begins while something is under way begins after it: which of the two is faster must not decide. */
function pausing(db: Database, underWay: () => Promise<unknown> | null): Database {
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      return async (...asked: unknown[]) => {
        await underWay();
        return value.apply(target, asked) as unknown;
      };
    },
  });
}

/**
 * Works on a run; at the first passing of the failpoint somebody interrupts while the worker goes on, unaware. A place inside a
 * transaction is passed while the worker still holds it, so the interruption waits for its end.
 */
async function interruptedAt(runId: string, place: FailpointName, interrupt: () => Promise<unknown>): Promise<unknown> {
  let interruption: Promise<unknown> | null = null;
  const failpoint = (here: FailpointName) => {
    if (here === place) interruption ??= interrupt().catch((error: unknown) => error);
  };
  const db = pausing(district.database.worker, () => interruption);
  const worked = await district.work(runId, { ...small, failpoint, db }).catch((error: unknown) => error);
  expect(interruption).not.toBeNull();
  const outcome = await interruption;
  const over = finalRunStates.includes((await find(runId)).state);
  // Either the worker was stopped, or it had ended before the interruption got its turn.
  if (!((outcome as unknown) instanceof Error)) expect(worked).toMatchObject({ code: 'lease_lost' });
  else expect(over).toBe(true);
  return outcome;
}

const inTheMiddle = failpoints.filter((name) => name !== 'run.finished');

describe('a run that is cancelled', () => {
  it.each(inTheMiddle)('at %s writes nothing more, lets its claims go, and keeps what it applied', async (place) => {
    const runId = await request();
    const outcome = await interruptedAt(runId, place, () => cancel(runId));
    expect(outcome).toMatchObject({ state: 'cancelled' });
    const before = await traces();
    expect(await find(runId)).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled: wrong file',
      finishedAt: expect.any(Date),
    });
    expect(await district.sql('SELECT FROM run_entities WHERE active')).toEqual([]);
    expect(await isDue(runId)).toBe(false);
    await expect(district.work(runId, small)).rejects.toThrow();
    expect(await traces()).toEqual(before);
    await tidyStages(district.database.worker);
    expect(await district.sql(`SELECT FROM pg_tables WHERE schemaname = 'stage'`)).toEqual([]);
    expect((await district.sync(small)).run.state).toBe('completed');
  });

  it('before anybody took it up is never taken up', async () => {
    const runId = await request();
    await cancel(runId);
    expect(await isDue(runId)).toBe(false);
  });

  it('in the middle of applying can be undone: what it had applied is taken back', async () => {
    const runId = await request();
    await interruptedAt(runId, 'chunk.committed', () => cancel(runId));
    const active = () => district.sql<{ rows: number }>('SELECT count(*)::int AS rows FROM orgs WHERE active');
    expect((await active())[0]!.rows).toBeGreaterThan(0);
    await tidyStages(district.database.worker);
    const undo = { tenantId: tenantId(), runId, rows: null, reason: 'wrong file', actor: 'test' };
    const { runId: undoId } = await requestUndo(district.database.app, undo);
    expect((await district.work(undoId, small)).run.state).toBe('completed');
    expect((await active())[0]!.rows).toBe(0);
    expect((await find(runId)).state).toBe('rolled_back');
  });

  it('leaves a trail of who, why, and what it was at', async () => {
    const runId = await request();
    await cancel(runId);
    expect(
      await district.sql(`SELECT actor, details FROM integration_audit_logs WHERE action = 'run.cancelled'`),
    ).toEqual([{ actor: 'test', details: { from: 'queued', reason: 'wrong file' } }]);
  });

  it('has to be one that is not over: otherwise nothing changes, and the sentence says so', async () => {
    const { run } = await district.sync(small);
    await expect(cancel(run.id)).rejects.toMatchObject({ code: 'wrong_state' });
    expect((await find(run.id)).state).toBe('completed');
    await expect(cancel('01a20712-f02f-7077-9a80-ceb71d1d7ffa')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('an integration that is paused', () => {
  it.each(inTheMiddle)('at %s of its run rests it, and resumed comes to the same end', async (place) => {
    const runId = await request();
    await interruptedAt(runId, place, pause);
    expect(await find(runId)).toMatchObject({ state: 'paused', reason: 'The integration is paused: exams' });
    expect(await isDue(runId)).toBe(false);
    const before = await traces();
    await district.sql(`SELECT pg_sleep(0.05)`);
    expect(await traces()).toEqual(before);
    expect((await resume()).runIds).toEqual([runId]);
    expect(await isDue(runId)).toBe(true);
    expect((await district.work(runId, small)).run.state).toBe('completed');
    expect(await district.contents()).toBe(undisturbed);
  });

  it('takes no request for a run, with the reason, and shows as paused whatever its last run said', async () => {
    await district.sync(small);
    const { integration } = await pause();
    expect(integration).toMatchObject({ state: 'paused', reason: 'exams' });
    await expect(request()).rejects.toMatchObject({
      code: 'integration_paused',
      publicText: 'The integration district is paused (exams).',
    });
    expect((await resume()).integration).toMatchObject({ state: 'active', reason: null });
    await request();
  });

  it('rests a run that nobody has taken up yet', async () => {
    const runId = await request();
    expect((await pause()).runId).toBe(runId);
    expect(await isDue(runId)).toBe(false);
  });

  it('rests a run that waits for its source, and lets it go on when resumed', async () => {
    const runId = await request();
    await district.sql(`UPDATE runs SET state = 'paused', resume_at = now() - interval '1 second' WHERE id = $1`, [
      runId,
    ]);
    await pause();
    expect(await isDue(runId)).toBe(false);
    await resume();
    expect(await isDue(runId)).toBe(true);
  });

  it('leaves a run alone that asks for a person', async () => {
    const runId = await request();
    await district.sql(`UPDATE runs SET state = 'needs_attention' WHERE id = $1`, [runId]);
    expect((await pause()).runId).toBeNull();
    expect((await find(runId)).state).toBe('needs_attention');
  });

  it('can be paused once, and resumed once', async () => {
    await pause();
    await expect(pause()).rejects.toMatchObject({ code: 'wrong_state' });
    await resume();
    await expect(resume()).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('lets its paused run be cancelled', async () => {
    const runId = await request();
    await pause();
    await cancel(runId);
    expect((await resume()).runIds).toEqual([]);
    expect((await find(runId)).state).toBe('cancelled');
  });
});
