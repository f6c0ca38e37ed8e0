/** Each class of trouble stops a run in its own way, and the run goes on by itself when the trouble is over. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { patienceAllowed } from '@rollcall/core';
import { changeSettings, findIntegration } from '../store/integrations.js';
import { findRun } from '../store/runs.js';
import { attemptsAllowed } from '../sync/fail-run.js';
import { requestRun } from '../sync/request-run.js';
import { District } from '../sync/testing/district.js';
import { attemptRun, type AttemptEnd } from './attempt-run.js';
import { quietLog } from './testing/queued-district.js';

let district: District;
beforeAll(async () => {
  district = await District.open('jobs_stops', 60);
});
afterAll(() => district.close());
beforeEach(async () => {
  await district.control('faults', {}, 'DELETE');
  await district.wipe();
});

const quick = { maxAttempts: 1, maxWaitMs: 10 };
const request = async () => {
  const { worker, tenantId } = district.database;
  const asked = { tenantId, integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  return { tenantId, runId: (await requestRun(worker, asked)).runId };
};

/** One attempt as a worker makes it, due or not. */
async function attempt(run: { tenantId: string; runId: string }, secret = 'sandbox-secret'): Promise<AttemptEnd> {
  await district.sql(`UPDATE runs SET resume_at = now() WHERE state = 'paused'`);
  const engine = district.engine({ settings: { ...quick, clientSecret: secret }, pageSize: 30 });
  const parts = { db: district.database.worker, log: quietLog, work: engine.run.bind(engine) };
  return attemptRun(parts, run, new AbortController().signal);
}
const find = ({ tenantId, runId }: { tenantId: string; runId: string }) =>
  district.database.worker.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
/** How long the run was to wait each time, as it was said then. */
const pauses = async () =>
  (
    await district.sql<{ ms: number }>(
      `SELECT (figures ->> 'resumeInMs')::int AS ms FROM run_events WHERE kind = 'run.paused' ORDER BY id`,
    )
  ).map(({ ms }) => ms);
const status = async () => (await district.sql<{ state: string }>('SELECT state FROM integration_status'))[0]!.state;

describe('a secret that was changed at the source while a run was under way', () => {
  it('pauses the run with the next step, and the run goes on with the new one where it stopped', async () => {
    const run = await request();
    await district.control('faults', { collection: 'users', fault: 'error', status: 503 });
    await attempt(run);
    const pages = `SELECT entity, page_offset, attempt FROM sync_pages WHERE entity = 'orgs' ORDER BY 2`;
    const before = await district.sql(pages);
    expect(before.length).toBeGreaterThan(0);
    await district.control('faults', {}, 'DELETE');
    await district.control('rotate-secret', { secret: 'the new one' });

    expect(await attempt(run)).toBe('over');
    expect(await find(run)).toMatchObject({
      state: 'paused',
      stoppedClass: 'auth',
      nextStep: expect.stringMatching(/client id, secret and scopes/),
    });
    expect(await status()).toBe('needs_attention');

    await attempt(run, 'the new one');
    expect(await find(run)).toMatchObject({ state: 'completed', attempt: 3 });
    expect(await district.sql(pages)).toEqual(before);
    expect(await status()).toBe('active');
    await district.control('rotate-secret', { secret: 'sandbox-secret' });
  });

  it('is asked for again and again without the run being given up, and at once when a person asks', async () => {
    const run = await request();
    for (let n = 0; n < patienceAllowed + 2; n += 1) await attempt(run, 'wrong');
    expect((await find(run)).state).toBe('paused');
    await district.sql(`UPDATE runs SET resume_at = now() + interval '1 hour'`);
    expect((await request()).runId).toBe(run.runId);
    const [{ due }] = (await district.sql<{ due: boolean }>('SELECT resume_at <= now() AS due FROM runs')) as [
      { due: boolean },
    ];
    expect(due).toBe(true);
  });

  it('gives way to a new run when the configuration has changed, which it would never see', async () => {
    const run = await request();
    await attempt(run, 'wrong');
    expect((await find(run)).state).toBe('paused');
    const { worker, tenantId } = district.database;
    await worker.withTenant(tenantId, async (tx) =>
      changeSettings(tx, await findIntegration(tx, tenantId, 'district'), {}),
    );
    const next = await request();
    expect(next.runId).not.toBe(run.runId);
    expect((await find(run)).state).toBe('failed');
    await attempt(next);
    expect((await find(next)).state).toBe('completed');
  });
});

describe('a source that asks us to wait', () => {
  it('for hours never brings the run to an end or before a person, and costs it no patience', async () => {
    const run = await request();
    await district.control('faults', { collection: 'users', fault: 'rate-limit', retryAfter: 600 });
    for (let n = 0; n < attemptsAllowed + 2; n += 1) await attempt(run);
    expect(await find(run)).toMatchObject({ state: 'paused', stoppedClass: 'rate_limited' });
    // Less whatever has passed since the source was asked; a request beside it may have been told a moment before.
    const last = (await pauses()).at(-1)!;
    expect([last > 500_000, last <= 600_000]).toEqual([true, true]);
    expect(await district.sql('SELECT patience_spent FROM runs')).toEqual([{ patience_spent: 0 }]);
    await district.control('faults', {}, 'DELETE');
    await attempt(run);
    expect((await find(run)).state).toBe('completed');
  });
});

describe('a source that is down', () => {
  it('is waited for longer each time, and after so many times in a row a person is asked', async () => {
    const run = await request();
    await district.control('faults', { fault: 'error', status: 503 });
    for (let n = 0; n < patienceAllowed - 1; n += 1) await attempt(run);
    const waits = await pauses();
    expect(waits).toHaveLength(patienceAllowed - 1);
    for (const [n, ms] of waits.slice(1).entries()) expect(ms).toBeGreaterThan(waits[n]!);
    expect((await find(run)).state).toBe('paused');
    await attempt(run);
    expect((await find(run)).state).toBe('needs_attention');
  });

  it('has its count begun anew by a run that gets on', async () => {
    const run = await request();
    await district.control('faults', { fault: 'error', status: 503 });
    for (let n = 0; n < patienceAllowed - 1; n += 1) await attempt(run);
    await district.control('faults', {}, 'DELETE');
    await district.control('faults', { collection: 'users', fault: 'error', status: 503 });
    await attempt(run);
    expect((await find(run)).state).toBe('paused');
  });
});

describe('a database', () => {
  const trap = async (code: string) => {
    await district.sql(`CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'trapped' USING ERRCODE = '${code}'; END $$`);
    await district.sql(`CREATE TRIGGER trap BEFORE INSERT ON users FOR EACH STATEMENT EXECUTE FUNCTION trap()`);
  };
  const untrap = () => district.sql('DROP TRIGGER IF EXISTS trap ON users');

  it.each(['53100', '25006'])('without room for writing (%s) pauses the run, which goes on by itself', async (code) => {
    const run = await request();
    await trap(code);
    for (let n = 0; n < patienceAllowed + 1; n += 1) expect(await attempt(run)).toBe('over');
    expect(await find(run)).toMatchObject({ state: 'paused', reason: expect.stringMatching(/^storage: /) });
    expect(await district.sql(`SELECT FROM integration_audit_logs WHERE action = 'attempt.crashed'`)).toEqual([]);
    await untrap();
    await attempt(run);
    expect((await find(run)).state).toBe('completed');
  });

  it('that takes no word at all leaves the run as it is, to be found again', async () => {
    const run = await request();
    await trap('57P01');
    expect(await attempt(run)).toBe('away');
    expect((await find(run)).state).toBe('applying');
    await untrap();
    await attempt(run);
    expect((await find(run)).state).toBe('completed');
  });

  it('that keeps overtaking us pauses the run', async () => {
    const run = await request();
    await trap('40P01');
    expect(await attempt(run)).toBe('over');
    expect(await find(run)).toMatchObject({ state: 'paused', stoppedClass: 'transient' });
    await untrap();
    await attempt(run);
    expect((await find(run)).state).toBe('completed');
  });
});
