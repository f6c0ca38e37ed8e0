/** The circuit breaker: when it opens, what it refuses, who may try, and what it leaves in log and metrics. */
import { describe, expect, it } from '@jest/globals';
import { circuitLaws } from '../../testing/circuit-laws.js';
import { LeapingClock, testPorts } from '../../testing/ports.js';
import { failure, type Outcome } from '../outcome.js';
import { LocalCircuitBoard } from './circuit-board.js';
import { CircuitBreaker, usualBreaker } from './circuit-breaker.js';

describe('the board in process', () => {
  it.each(circuitLaws.map((law) => [law.name, law] as const))('%s', (_, law) =>
    law.check((clock) => new LocalCircuitBoard(clock), 40),
  );
});

const answer = (status: number): Outcome => ({
  kind: 'answer',
  status,
  body: Buffer.alloc(0),
  retryAfter: null,
  providerTime: null,
});
const down = failure('network', 'ECONNRESET');

function arranged() {
  const clock = new LeapingClock();
  const ports = testPorts(clock, () => 0);
  const breaker = new CircuitBreaker('i https://x', usualBreaker, new LocalCircuitBoard(clock), ports);
  let sent = 0;
  const call = (outcome: Outcome) =>
    breaker.run(1000, async () => {
      sent += 1;
      return outcome;
    });
  const many = async (count: number, outcome: Outcome) => {
    for (let n = 0; n < count; n += 1) await call(outcome);
  };
  return { clock, ports, breaker, call, many, sent: () => sent };
}

it('opens when half of at least twenty calls failed, and then sends nothing and says for how long', async () => {
  const { call, many, sent } = arranged();
  await many(10, answer(200));
  await many(9, down);
  expect(await call(answer(200))).toMatchObject({ status: 200 });
  await many(1, answer(503));
  expect(sent()).toBe(21);
  // 10 of 21 is less than half.
  await many(1, failure('timeout', ''));
  expect(await call(answer(200))).toEqual(failure('refused', 'the circuit is open', 15_000));
  expect(sent()).toBe(22);
});

it.each([
  ['404', answer(404)],
  ['429', answer(429)],
  ['401', answer(401)],
  ['an unreadable body', failure('unreadable', '')],
  ['a call that our own limiter held back', failure('limited', '', 5)],
])('%s does not open it: the source is up', async (_, outcome) => {
  const { many, sent } = arranged();
  await many(100, outcome);
  expect(sent()).toBe(100);
});

it('failures older than the window do not count', async () => {
  const { clock, many, sent } = arranged();
  for (let minute = 0; minute < 5; minute += 1) {
    await many(19, down);
    clock.advance(60_000);
  }
  expect(sent()).toBe(95);
});

it('records each move, in log and metrics', async () => {
  const { clock, ports, call, many } = arranged();
  await many(20, down);
  clock.advance(15_000);
  await call(down);
  clock.advance(30_000);
  await call(answer(200));
  const moves = ports.lines.filter(({ event }) => event === 'circuit.moved');
  expect(moves.map(({ fields }) => [fields.from, fields.to, fields.forMs])).toEqual([
    ['closed', 'open', 15_000],
    ['open', 'half-open', 0],
    ['half-open', 'open', 30_000],
    ['open', 'half-open', 0],
    ['half-open', 'closed', 0],
  ]);
  expect(ports.counted.filter(({ name }) => name === 'rollcall_circuit_moved_total')).toHaveLength(5);
});

it('a probe whose caller gives up leaves the circuit open, and another may try later', async () => {
  const { clock, breaker, call, many } = arranged();
  await many(20, down);
  clock.advance(15_000);
  await expect(breaker.run(1000, () => Promise.reject(new Error('lease lost')))).rejects.toThrow('lease lost');
  expect(await call(answer(200))).toEqual(failure('refused', 'the circuit is open', 30_000));
  clock.advance(30_000);
  expect(await call(answer(200))).toMatchObject({ status: 200 });
});
