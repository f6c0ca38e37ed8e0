/**
 * What really happened in a run can be read afterwards: retries, a wait that the source asked for, a hold, a worker's death and
 * the attempt that went on. Nothing of a person is in it, and the process's metrics say the same as the database.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runEventSchemas, type RunReport, type TimelineLine } from '@rollcall/core';
import { takeLease } from '../store/leases.js';
import { findRun } from '../store/runs.js';
import { MetricsRegistry } from '../telemetry/metrics.js';
import { cancelRun } from './cancel-run.js';
import { approveHold } from './decide-hold.js';
import { pauseIntegration, resumeIntegration } from './pause-integration.js';
import { requestRun } from './request-run.js';
import { runTimeline } from './run-timeline.js';
import { District, type SyncOptions } from './testing/district.js';

let district: District;
let story: TimelineLine[];
let report: RunReport;
const metrics = new MetricsRegistry();
const small: SyncOptions = { pageSize: 100, policy: { chunkRows: 1_000 }, metrics };

const tenantId = () => district.database.tenantId;
const wanted = () =>
  ({ tenantId: tenantId(), integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' }) as const;
const request = async () => (await requestRun(district.database.app, wanted())).runId;
const told = (runId: string) =>
  district.database.app.withTenant(tenantId(), async (tx) =>
    [...(await runTimeline(tx, await findRun(tx, tenantId(), runId))).lines].map((line) => ({
      ...line,
      // What a machine took no time for has no pace.
      text: line.text.replace(/, [\d,]+ rows\/s/, ''),
    })),
  );
const texts = (lines: readonly TimelineLine[]) => lines.map(({ text }) => text);

/** A worker dies while it applies; its lease is left to run out, ten seconds after it was last heard of and one more. */
async function dieWhileApplying(runId: string): Promise<void> {
  const lease = (await takeLease(district.database.worker, { tenantId: tenantId(), runId, owner: 'first' }))!;
  const failpoint = (here: string) => {
    if (here === 'chunk.committed') throw new Error('dead');
  };
  const attempt = district.engine({ ...small, failpoint }).run(lease, new AbortController().signal);
  await expect(attempt).rejects.toThrow('dead');
  await district.sql(`UPDATE run_leases SET held_until = now() - interval '1 second' WHERE run_id = $1`, [runId]);
}

beforeAll(async () => {
  district = await District.open('sync_timeline', 400, 4);
  await district.sync(small);
  await district.control('lose-school', {});
  // The first request meets both, and is told to wait.
  await district.control('faults', { collection: 'users', fault: 'error', status: 503, times: 3 });
  await district.control('faults', { collection: 'users', fault: 'rate-limit', retryAfter: 2, times: 1 });
  const runId = await request();
  await dieWhileApplying(runId);
  report = await district.work(runId, small);
  await district.control('faults', {}, 'DELETE');
  story = await told(runId);
});
afterAll(() => district.close());

describe('the story of a run with retries, a rate limit, a hold, a crash and a resume', () => {
  it('is told in order and in words', () => {
    const { users, orgs } = report.entities;
    const pages = Math.ceil(users.read / 100);
    const expected = [
      'asked for: a full sync (manual)',
      'a worker took it up',
      'reading begins',
      'users: waited 2 s because the source asked for it',
      `users: ${users.read} read in ${pages} pages, 3 retried`,
      'everything is read; planning begins',
      expect.stringMatching(
        new RegExp(`^held: ${users.held} deactivations of users at .+: all ${users.held} rows of the scope`),
      ),
      expect.stringMatching(new RegExp(`^users: \\d+ changes? planned, .*${users.held} held back`)),
      'the plan stands',
      'applying begins',
      // Eleven seconds, and as long as this machine took to go on.
      expect.stringMatching(/^the worker died; attempt 2 went on after (1[1-9] s|[2-5]\d s|\d+ min \d+ s)$/),
      `users: ${users.updated} updated in 1 chunk`,
      'everything is applied; verifying begins',
      'completed with holds',
    ];
    const isOfUsers = ({ entity }: TimelineLine) => entity === null || entity === 'users';
    expect(texts(story.filter(isOfUsers))).toEqual(expected);
    expect(orgs.read).toBeGreaterThan(0);
    expect(story.at(-1)).toMatchObject({ attempt: 2, step: 'completed_with_holds', seconds: expect.any(Number) });
  });

  it('has a line for each collection that was read and planned', () => {
    for (const kind of ['read.completed', 'plan.completed'])
      expect(new Set(story.filter((line) => line.kind === kind).map(({ entity }) => entity)).size).toBe(6);
  });

  it('holds only what the catalogue names, and nothing of any person', async () => {
    const events = await district.sql<{ kind: keyof typeof runEventSchemas; figures: object }>(
      'SELECT kind, figures FROM run_events',
    );
    expect(events.length).toBeGreaterThan(40);
    for (const { kind, figures } of events)
      expect([kind, runEventSchemas[kind].safeParse(figures).error]).toEqual([kind, undefined]);
    const written = JSON.stringify([events, story]).toLowerCase();
    const people = await district.sql<Record<string, string | null>>(
      `SELECT u.family_name, u.username, u.email, m.external_id, u.id::text FROM users u
       JOIN external_system_mappings m ON m.entity = 'users' AND m.local_id = u.id`,
    );
    expect(people.length).toBeGreaterThan(400);
    const canaries = new Set(people.flatMap((person) => Object.values(person)).filter((value) => value !== null));
    for (const canary of canaries)
      expect([canary, new RegExp(`"[^"]*\\b${escaped(canary.toLowerCase())}\\b`).test(written)]).toEqual([
        canary,
        false,
      ]);
  });

  it('goes when its run goes', async () => {
    const { tenantId: tenant } = district.database;
    const runId = await request();
    await cancelRun(district.database.app, { tenantId: tenant, runId, actor: 'test', reason: null });
    const left = async () => (await district.sql('SELECT FROM run_events WHERE run_id = $1', [runId])).length;
    expect(await left()).toBe(2);
    await district.sql('DELETE FROM run_leases WHERE run_id = $1', [runId]);
    await district.sql('DELETE FROM runs WHERE id = $1', [runId]);
    expect(await left()).toBe(0);
  });
});

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

describe('the metrics of the process', () => {
  const valueOf = async (series: string) => {
    const line = (await metrics.render()).split('\n').find((one) => one.startsWith(`${series} `));
    return line ? Number(line.slice(series.length)) : 0;
  };
  const sum = async (sql: string) =>
    Number((await district.sql<{ n: string }>(`SELECT coalesce(sum(n), 0) AS n FROM (${sql}) x`))[0]!.n);

  it.each(['users', 'classes', 'enrollments'])('count the same %s as the database', async (entity) => {
    const of = `entity="${entity}"`;
    const pages = `FROM sync_pages WHERE entity = '${entity}'`;
    expect(await valueOf(`rollcall_pages_read_total{${of}}`)).toBe(await sum(`SELECT 1 AS n ${pages}`));
    expect(await valueOf(`rollcall_records_total{${of},op="read"}`)).toBe(await sum(`SELECT row_count AS n ${pages}`));
    const counted = `SELECT (counts ->> 'unchanged')::int AS n FROM run_entities WHERE entity = '${entity}'`;
    expect(await valueOf(`rollcall_records_total{${of},op="unchanged"}`)).toBe(await sum(counted));
    for (const op of ['created', 'deactivated'])
      expect(await valueOf(`rollcall_records_total{${of},op="${op}"}`)).toBe(
        await sum(`SELECT ${op} AS n FROM sync_chunks WHERE entity = '${entity}'`),
      );
    const holds = `FROM holds WHERE entity = '${entity}' AND operation = 'deactivate'`;
    expect(await valueOf(`rollcall_guard_tripped_total{${of},op="deactivate"}`)).toBe(
      await sum(`SELECT 1 AS n ${holds}`),
    );
    expect(await valueOf(`rollcall_deletes_blocked_total{${of}}`)).toBe(await sum(`SELECT row_count AS n ${holds}`));
  });

  it('count each run once, by how it ended, with its duration', async () => {
    for (const outcome of ['completed', 'completed_with_holds']) {
      const of = `{mode="full",outcome="${outcome}"}`;
      expect(await valueOf(`rollcall_run_total${of}`)).toBe(1);
      expect(await valueOf(`rollcall_run_duration_seconds_count${of}`)).toBe(1);
    }
  });

  it('count requests to the source by why they were made', async () => {
    const attempts = (reason: string) => valueOf(`rollcall_http_client_attempts_total{reason="${reason}"}`);
    expect([await attempts('server_error'), await attempts('rate_limited')]).toEqual([2, 1]);
    expect(await valueOf('rollcall_http_client_request_duration_seconds_count{status_class="5xx"}')).toBe(2);
    expect(await valueOf('rollcall_token_refresh_total{outcome="granted"}')).toBeGreaterThan(0);
  });
});

describe('a person’s word in the story', () => {
  it('is told without its reason, which stands with the run and the integration', async () => {
    const runId = await request();
    const pause = { ...wanted(), reason: 'Ada asked for it' };
    await pauseIntegration(district.database.app, pause);
    await resumeIntegration(district.database.app, wanted());
    await cancelRun(district.database.app, { tenantId: tenantId(), runId, actor: 'test', reason: 'Ada was wrong' });
    const lines = await told(runId);
    expect(texts(lines).slice(1)).toEqual([
      'stopped, because a person paused the integration',
      'a person let the integration go on',
      'cancelled',
    ]);
    expect(JSON.stringify(lines)).not.toContain('Ada');
  });

  it('about a hold is told by the run that held it, and carried out by a run with a story of its own', async () => {
    const [hold] = await district.sql<{ id: string; digest: string; last_run_id: string; row_count: number }>(
      `SELECT id, digest, last_run_id, row_count FROM holds WHERE entity = 'users' AND state = 'open'`,
    );
    const { id: holdId, digest, last_run_id: source, row_count: rows } = hold!;
    const decision = { tenantId: tenantId(), holdId, digest, rows: null, reason: 'it has closed', actor: 'test' };
    const { runId } = await approveHold(district.database.app, decision);
    await district.work(runId, small);
    expect(texts(await told(source)).at(-1)).toBe(`a person approved ${rows} rows of users that were held`);
    const carriedOut = texts(await told(runId));
    expect(carriedOut[0]).toBe('asked for: what was approved of a hold (approval)');
    expect(carriedOut).toContain(`users: ${rows} deactivated in 1 chunk`);
    expect(carriedOut).toContain(`hold of ${rows} rows of users closed: approved`);
  });

  it('is not waited for when the source refuses us: the story says why, and when the run tries again', async () => {
    await district.control('faults', { collection: 'users', fault: 'error', status: 403 });
    const { run } = await district.sync(small);
    expect(texts(await told(run.id)).at(-1)).toBe(
      'paused: The source refused our credentials. It goes on in 1 min 0 s.',
    );
    await district.control('faults', {}, 'DELETE');
  });

  it('is asked for when the source cannot be understood, and the story says why', async () => {
    await district.control('faults', { collection: 'users', fault: 'html' });
    const { run } = await district.sync(small);
    expect(texts(await told(run.id)).at(-1)).toMatch(/^waits for a person: The source/);
    await district.control('faults', {}, 'DELETE');
  });
});
