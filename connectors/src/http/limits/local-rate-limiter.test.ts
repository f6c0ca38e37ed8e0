/** The limiter in process keeps every law of limiters; what headers say is left is read or says nothing. */
import { describe, expect, it } from '@jest/globals';
import { limiterLaws } from '../../testing/limiter-laws.js';
import { LocalRateLimiter } from './local-rate-limiter.js';
import { quotaIn } from './quota.js';

describe('the limiter in process', () => {
  it.each(limiterLaws.map((law) => [law.name, law] as const))('%s', (_, law) =>
    law.check((clock) => [new LocalRateLimiter(clock)], 300),
  );
});

const now = Date.UTC(2026, 10, 23);
const seconds = now / 1000;

it.each<[Record<string, string>, unknown]>([
  [{ ratelimit: '"default";r=50;t=30' }, { left: 50, resetMs: 30_000 }],
  [{ ratelimit: 'limit=100, r=0, t=5' }, { left: 0, resetMs: 5000 }],
  [
    { 'ratelimit-remaining': '7', 'ratelimit-reset': '60' },
    { left: 7, resetMs: 60_000 },
  ],
  [
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(seconds + 20) },
    { left: 7, resetMs: 20_000 },
  ],
  [
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(now + 20_000) },
    { left: 7, resetMs: 20_000 },
  ],
  [
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '99999' },
    { left: 7, resetMs: 3_600_000 },
  ],
  [{ 'x-ratelimit-remaining': '7' }, null],
  [{ 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '5' }, null],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(seconds - 5) }, null],
  [{ ratelimit: 'soon' }, null],
  [{}, null],
])('%j says %j', (headers, expected) => {
  expect(quotaIn((name) => headers[name] ?? null, now)).toEqual(expected);
});
