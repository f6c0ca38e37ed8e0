/** The small policies, one by one: waits, Retry-After, bodies, verdicts, shared waits. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';
import { jsonBody } from './body.js';
import { isLoopback } from './loopback.js';
import { failure, type Answer } from './outcome.js';
import { retryAfterMs } from './retry-after.js';
import { unlessAborted } from './unless-aborted.js';
import { verdictOf } from './verdicts.js';

const now = Date.UTC(2026, 10, 23, 12);
const never = new AbortController().signal;

it('a wait is never longer than the doubling ceiling, nor than the cap', () => {
  const policy = { baseDelayMs: 500, maxDelayMs: 20_000 };
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), share, (attempt, random) => {
      const ms = backoffMs(policy, attempt, () => random);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(Math.min(20_000, 500 * 2 ** (attempt - 1)));
    }),
  );
  expect(backoffMs(policy, 4, () => 0.5)).toBe(2000);
});

it.each([
  ['120', 120_000],
  [' 1.5 ', 1500],
  ['0', 0],
  ['1000000000', 3_600_000],
  ['Mon, 23 Nov 2026 12:00:05 GMT', 5000],
  ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
  ['soon', null],
  ['', null],
  [null, null],
])('Retry-After %j is a wait of %j ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});

it.each([
  ['an empty body', Buffer.alloc(0), 'the body is empty'],
  ['a web page', Buffer.from('  <!doctype html>'), 'the body is a web page'],
  ['JSON cut short', Buffer.from('{"users":[{"givenName":"Edda"'), 'the body is not whole JSON'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'the body is not UTF-8'],
])('%s is unreadable, and its text is not quoted', (_, bytes, detail) => {
  expect(jsonBody(bytes)).toEqual({ kind: 'unreadable', detail });
});

it.each([
  ['plain', Buffer.from('{"a":1}'), { a: 1 }],
  ['beyond ASCII', Buffer.from('{"a":"Zoë 𝄞"}'), { a: 'Zoë 𝄞' }],
  ['with a byte order mark', Buffer.from('\ufeff{"a":"ä"}'), { a: 'ä' }],
])('a body %s is read', (_, bytes, json) => {
  expect(jsonBody(bytes)).toEqual({ json });
});

const answer = (status: number, retryAfter: string | null = null): Answer => ({
  kind: 'answer',
  status,
  body: Buffer.alloc(0),
  retryAfter,
  providerTime: null,
});

describe('the verdict table', () => {
  it.each([
    [200, { action: 'ok' }],
    [204, { action: 'fail', code: 'source_bad_response' }],
    [302, { action: 'fail', code: 'source_bad_response' }],
    [400, { action: 'fail', code: 'source_bad_response' }],
    [401, { action: 'reauthenticate', code: 'source_unauthorised' }],
    [403, { action: 'fail', code: 'source_unauthorised' }],
    [404, { action: 'fail', code: 'source_bad_response' }],
    [408, { action: 'retry', code: 'source_unreachable' }],
    [422, { action: 'fail', code: 'source_bad_response' }],
    [429, { action: 'retry', code: 'source_rate_limited' }],
    [500, { action: 'retry', code: 'source_unreachable' }],
    [501, { action: 'fail', code: 'source_unreachable' }],
    [502, { action: 'retry', code: 'source_unreachable' }],
    [503, { action: 'retry', code: 'source_unreachable' }],
    [504, { action: 'retry', code: 'source_unreachable' }],
  ])('%d is %j', (status, verdict) => {
    expect(verdictOf(answer(status), now)).toEqual(verdict);
  });

  it('gives no status but 200 the verdict ok', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), (status) => {
        expect(verdictOf(answer(status), now).action === 'ok').toBe(status === 200);
      }),
    );
  });

  it('waits as long as the source asks', () => {
    expect(verdictOf(answer(429, '7'), now)).toEqual({ action: 'retry-after', code: 'source_rate_limited', ms: 7000 });
    expect(verdictOf(answer(503, '7'), now)).toEqual({ action: 'retry-after', code: 'source_unreachable', ms: 7000 });
  });

  it.each([
    ['network', 'retry'],
    ['timeout', 'retry'],
    ['unreadable', 'retry'],
    ['untrusted', 'fail'],
    ['too_large', 'fail'],
    ['unsent', 'fail'],
    ['refused', 'fail'],
    ['limited', 'fail'],
    ['forbidden', 'fail'],
  ] as const)('%s is %s', (kind, action) => {
    expect(verdictOf(failure(kind, ''), now).action).toBe(action);
  });
});

it('an abort ends the wait of one caller, not the shared work', async () => {
  let finish: (value: string) => void = () => {};
  const work = new Promise<string>((resolve) => (finish = resolve));
  const controller = new AbortController();
  const [one, two] = [unlessAborted(work, controller.signal), unlessAborted(work, never)];
  controller.abort(new Error('enough'));
  finish('done');
  await expect(one).rejects.toThrow('enough');
  await expect(two).resolves.toBe('done');
});

it.each([
  ['http://127.0.0.1:80/x', true],
  ['http://localhost/', true],
  ['http://[::1]:8080/', true],
  ['http://127.0.0.1.example.org/', false],
  ['http://example.org/?127.0.0.1', false],
  ['not an address', false],
])('%s is on this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
