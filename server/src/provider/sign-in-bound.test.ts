/** Guesses are bounded where they come from, and hold up nobody else. */
import { expect, test } from '@jest/globals';
import { LocalRateLimiter } from '@rollcall/connectors';
import { SignInBound } from './sign-in-bound.js';

function bound() {
  let now = 1_000_000;
  const limiter = new LocalRateLimiter({ now: () => now, sleep: async () => undefined });
  return { held: new SignInBound(limiter), pass: (ms: number) => (now += ms) };
}
const guess = { address: '192.0.2.1', clientId: 'reading', secret: 'wrong' };

async function tries(held: SignInBound, most: number, of: (n: number) => typeof guess): Promise<number> {
  for (let n = 0; n < most; n += 1) if ((await held.take(of(n))) > 0) return n;
  return most;
}
const other = (n: number) => ({ ...guess, secret: `wrong ${n}` });

test('a client’s secret is tried twenty times from one address, and then once in six seconds', async () => {
  const { held, pass } = bound();
  expect(await tries(held, 100, other)).toBe(20);
  expect(await held.take(guess)).toBe(6_000);
  pass(6_000);
  expect(await tries(held, 100, other)).toBe(1);
});

test('elsewhere, and for other clients, it may be tried all the same', async () => {
  const { held } = bound();
  await tries(held, 100, other);
  expect(await held.take({ ...guess, address: '192.0.2.2' })).toBe(0);
  expect(await held.take({ ...guess, clientId: 'maths' })).toBe(0);
});

test('one address tries no more than a hundred and twenty times, whatever clients it names', async () => {
  const { held } = bound();
  expect(await tries(held, 500, (n) => ({ ...guess, clientId: `client ${n}` }))).toBe(120);
});

test('a secret that was right here is not held up by wrong ones beside it, until it is wrong itself', async () => {
  const { held } = bound();
  const right = { ...guess, secret: 'right' };
  held.note(right, true);
  await tries(held, 500, other);
  expect(await tries(held, 500, () => right)).toBe(500);
  held.note(right, false);
  expect(await held.take(right)).toBeGreaterThan(0);
});

test('one client’s right secret opens nothing for another', async () => {
  const { held } = bound();
  held.note({ ...guess, secret: 'right' }, true);
  const its = (secret: string) => ({ ...guess, clientId: 'maths', secret });
  await tries(held, 500, () => its('wrong'));
  expect(await held.take(its('right'))).toBeGreaterThan(0);
});
