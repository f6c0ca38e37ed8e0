/**
 * Each fault of a source, through the whole run: what the run becomes, and that it costs nothing but time. When the fault is
 * over, the next run brings the hub to the same state as if it had never been.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@rollcall/core';
import { District } from './testing/district.js';

let district: District;
let healthy: string;
const settings = { maxAttempts: 3, baseDelayMs: 50, maxWaitMs: 500 };
const sync = (more: Record<string, unknown> = {}) =>
  district.sync({ pageSize: 100, settings: { ...settings, ...more } });

beforeAll(async () => {
  district = await District.open('sync_faults', 100);
  expect((await sync()).run.state).toBe('completed');
  healthy = await district.contents();
});
afterAll(() => district.close());
afterEach(async () => {
  await district.control('faults', {}, 'DELETE');
  await district.sql(`UPDATE runs SET state = 'cancelled' WHERE state = 'paused'`);
  await district.sql('UPDATE run_entities SET active = false');
  expect((await sync()).run.state).toBe('completed');
  expect(await district.contents()).toBe(healthy);
});

const onUsers = (fault: object) => district.control('faults', { collection: 'users', ...fault });

describe('a passing fault goes unnoticed', () => {
  it.each([
    ['status 503', { fault: 'error', status: 503, times: 1 }],
    ['429 with Retry-After', { fault: 'rate-limit', retryAfter: 0, times: 1 }],
    ['JSON cut in the middle', { fault: 'truncate', times: 1 }],
    ['a web page with 200', { fault: 'html', times: 1 }],
    ['a reset within the body', { fault: 'close', times: 1 }],
    ['an empty body', { fault: 'empty-body', times: 1 }],
    // Where a machine is too slow for the limit, it takes more attempts.
    [
      'a delay over the time limit',
      { fault: 'delay', ms: 60_000, times: 1 },
      { attemptTimeoutMs: 1500, maxAttempts: 10 },
    ],
    ['a token that dies', { fault: 'token-expiry', uses: 3 }],
    ['a clamped limit', { fault: 'clamp', limit: 37 }],
    ['rows given twice', { fault: 'duplicate-rows', count: 2 }],
    ['no total', { fault: 'wrong-total', absent: true }],
  ] as [string, object, object?][])('%s', async (_, fault, more = {}) => {
    await onUsers(fault);
    const report = await sync({ ...more });
    expect(report.run).toMatchObject({ state: 'completed', reason: null });
    expect(report.entities.users).toMatchObject({ complete: true, missing: 0 });
  });
});

describe('a lasting fault stops the run with its reason and the next step', () => {
  it.each([
    ['status 500', { fault: 'error', status: 500 }, 'paused'],
    ['429 with a long Retry-After', { fault: 'rate-limit', retryAfter: 600 }, 'paused'],
    ['status 401', { fault: 'error', status: 401 }, 'paused'],
    ['status 403', { fault: 'error', status: 403 }, 'paused'],
    ['status 404', { fault: 'error', status: 404 }, 'needs_attention'],
    ['JSON cut in the middle', { fault: 'truncate' }, 'needs_attention'],
    ['a web page with 200', { fault: 'html' }, 'needs_attention'],
    ['an empty body', { fault: 'empty-body' }, 'needs_attention'],
    ['a misspelt list key', { fault: 'wrong-key' }, 'needs_attention'],
    ['the same page for ever', { fault: 'ignore-offset' }, 'needs_attention'],
  ])('%s', async (_, fault, state) => {
    await onUsers(fault);
    const report = await sync();
    expect(report.run.state).toBe(state);
    expect(report.run.reason).toMatch(/\.$/);
    expect(report.run.nextStep).toMatch(/\.$/);
    expect(await district.contents()).toBe(healthy);
  });
});

describe('a read that does not add up removes nothing and lets the rest go on', () => {
  const incomplete = (report: RunReport) => {
    expect(report.run).toMatchObject({ state: 'completed', reason: expect.stringContaining('users') });
    expect(report.entities.users).toMatchObject({ complete: false, deactivated: 0, held: 0 });
    expect(report.entities.classes).toMatchObject({ complete: true });
  };

  it.each([
    ['a total that is too high', { fault: 'wrong-total', delta: 3 }],
    ['a total that is too low', { fault: 'wrong-total', delta: -3 }],
    ['an error past the end', { fault: 'error-past-end', status: 500 }],
  ])('%s', async (_, fault) => {
    await onUsers(fault);
    incomplete(await sync());
    expect(await district.contents()).toBe(healthy);
  });
});

describe('rows that drift while paging', () => {
  let drifting: District;
  beforeAll(async () => {
    drifting = await District.open('sync_faults_drift', 100);
    await drifting.sync();
  });
  afterAll(() => drifting.close());

  it('are read once more, and who is still listed is found', async () => {
    const drift = await drifting.control<{ added: { id: number } }>('faults', {
      collection: 'users',
      fault: 'drift',
      times: 6,
    });
    const report = await drifting.sync({ pageSize: 20 });
    expect(drift.added).toBeDefined();
    expect(report.entities.users).toMatchObject({ complete: true, missing: 6, deactivated: 0 });
  });

  it('prove nothing when they go on drifting', async () => {
    await drifting.control('faults', { collection: 'users', fault: 'drift' });
    const report = await drifting.sync({ pageSize: 20 });
    expect(report.entities.users).toMatchObject({ complete: false, deactivated: 0 });
  });
});
