/** An attempt begins only when it should, excludes every other, and an error that nobody foresaw does not go on for ever. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { crashesAllowed, Fault } from '@rollcall/core';
import type { Lease } from '../store/leases.js';
import { beginAttempt, findRun, moveRun, type Run } from '../store/runs.js';
import { attemptsAllowed } from '../sync/fail-run.js';
import { attemptRun, type AttemptEnd } from './attempt-run.js';
import { quietLog, QueuedDistrict } from './testing/queued-district.js';

let district: QueuedDistrict;
beforeAll(async () => {
  district = await QueuedDistrict.open('jobs_attempt');
});
afterAll(() => district.close());
beforeEach(() => district.reset());

type RunKey = { tenantId: string; runId: string };
type Work = (lease: Lease, signal: AbortSignal) => Promise<Run>;

const never = new AbortController().signal;

/** Counts as the engine does, then does what the test wants. */
function attempt(run: RunKey, work: Work, stop: AbortSignal = never): Promise<AttemptEnd> {
  const db = district.database.worker;
  const counted: Work = async (lease, signal) => {
    await db.withTenant(lease.tenantId, (tx) => beginAttempt(tx, lease));
    return work(lease, signal);
  };
  return attemptRun({ db, log: quietLog, work: counted }, run, stop);
}

const complete: Work = (lease) =>
  district.database.worker.withTenant(lease.tenantId, async (tx) => {
    await moveRun(tx, lease, 'fetching');
    return findRun(tx, lease.tenantId, lease.runId);
  });
const crash: Work = async (lease) => {
  await complete(lease, never);
  throw new TypeError('Ada Quill is undefined');
};
const due = () => district.sql('UPDATE runs SET resume_at = now()');

describe('an attempt', () => {
  it('excludes every other one while it lasts, of this process as well', async () => {
    const run = await district.run();
    let let_go = () => undefined as void;
    const held = new Promise<void>((done) => (let_go = done));
    let begun = () => undefined as void;
    const started = new Promise<void>((done) => (begun = done));
    const first = attempt(run, async (lease) => {
      begun();
      await held;
      return complete(lease, never);
    });
    await started;
    expect(await attempt(run, complete)).toBe('taken');
    let_go();
    expect(await first).toBe('over');
    expect((await district.find(run)).attempt).toBe(1);
  });

  it.each(['needs_attention', 'failed', 'cancelled'] as const)('is not made at a run that is %s', async (state) => {
    const run = await district.run();
    await district.database.worker.withTenant(run.tenantId, (tx) => moveRun(tx, run, state));
    expect(await attempt(run, complete)).toBe('over');
    expect(await district.find(run)).toMatchObject({ state, attempt: 0 });
  });

  it('is not made at a paused run before its time, however often somebody rings', async () => {
    const run = await district.run();
    await district.database.worker.withTenant(run.tenantId, (tx) => moveRun(tx, run, 'paused', { resumeInMs: 60_000 }));
    await attempt(run, complete);
    expect((await district.find(run)).attempt).toBe(0);
    await due();
    await attempt(run, complete);
    expect((await district.find(run)).attempt).toBe(1);
  });

  it('that has to stop lets go of the run at once, so that another goes on', async () => {
    const run = await district.run();
    const stop = new AbortController();
    const stopped = attempt(
      run,
      (_lease, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          setImmediate(() => stop.abort(new Error('the worker is to end')));
        }),
      stop.signal,
    );
    expect(await stopped).toBe('stopped');
    expect(await attempt(run, complete)).toBe('over');
    expect(await district.find(run)).toMatchObject({ state: 'fetching', attempt: 2 });
  });

  it('that lost its lease changes nothing more', async () => {
    const run = await district.run();
    const lost: Work = () => Promise.reject(new Fault('lease_lost', 'Another worker has taken this run over.'));
    expect(await attempt(run, lost)).toBe('taken');
    expect((await district.find(run)).state).toBe('queued');
  });
});

describe('an error that nobody foresaw', () => {
  it('pauses the run, and each further one longer', async () => {
    const run = await district.run();
    for (let n = 0; n < 3; n += 1) {
      expect(await attempt(run, crash)).toBe('crashed');
      expect(await district.find(run)).toMatchObject({ state: 'paused', reason: 'internal error' });
      await due();
    }
    const told = await district.sql<{ ms: number }>(
      `SELECT (figures ->> 'resumeInMs')::int AS ms FROM run_events WHERE run_id = $1 AND kind = 'run.paused' ORDER BY id`,
      [run.runId],
    );
    const waits = told.map(({ ms }) => ms);
    expect(waits).toHaveLength(3);
    expect(waits[1]).toBeGreaterThan(waits[0]!);
    expect(waits[2]).toBeGreaterThan(waits[1]!);
  });

  it(`fails the run the ${crashesAllowed}th time in a row, with a next step, and frees the integration`, async () => {
    const run = await district.run();
    for (let n = 0; n < crashesAllowed; n += 1) {
      await attempt(run, crash);
      await due();
    }
    expect(await district.find(run)).toMatchObject({
      state: 'failed',
      reason: 'internal error',
      nextStep: expect.stringMatching(/log of the worker/),
    });
    const rows = await district.sql('SELECT FROM run_entities WHERE active');
    expect(rows).toHaveLength(0);
  });

  it('is counted anew after the run came to an orderly stop', async () => {
    const run = await district.run();
    for (let n = 0; n < crashesAllowed - 1; n += 1) {
      await attempt(run, crash);
      await due();
    }
    await district.sql(
      `INSERT INTO integration_audit_logs (tenant_id, run_id, action, actor) VALUES ($1, $2, 'run.stopped', 'system')`,
      [run.tenantId, run.runId],
    );
    await attempt(run, crash);
    expect((await district.find(run)).state).toBe('paused');
  });

  it('leaves its class in the audit trail, and nothing of its text', async () => {
    await attempt(await district.run(), crash);
    const rows = await district.sql<{ details: object }>(
      `SELECT details FROM integration_audit_logs WHERE action = 'attempt.crashed'`,
    );
    expect(rows).toEqual([{ details: { attempt: 1, error: 'TypeError' } }]);
  });

  it('is not counted when it was the database that went away', async () => {
    const run = await district.run();
    const away: Work = async (lease) => {
      await complete(lease, never);
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    for (let n = 0; n < crashesAllowed + 1; n += 1) expect(await attempt(run, away)).toBe('away');
    expect((await district.find(run)).state).toBe('fetching');
  });
});

it('a run whose workers die again and again is given up with a reason', async () => {
  const run = await district.run();
  await district.sql('UPDATE runs SET attempt = $1', [attemptsAllowed]);
  expect(await attempt(run, complete)).toBe('over');
  expect(await district.find(run)).toMatchObject({
    state: 'failed',
    attempt: attemptsAllowed,
    reason: expect.stringMatching(/given up/),
  });
});
