/** Who goes first among the runs of a process, by a clock that the test moves. */
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

/** Each sleep passes the time and lets `meanwhile` happen. */
class TestClock {
  at = 0;
  slept = 0;
  meanwhile: () => void = () => undefined;
  now = () => this.at;
  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    this.at += ms;
    this.slept += ms;
    this.meanwhile();
    return Promise.resolve();
  };
}

const signal = new AbortController().signal;
const done = async () => undefined;
const scene = () => {
  const clock = new TestClock();
  const turns = new Turns(clock);
  const large = turns.begin('large');
  large.works(500_000);
  return { clock, turns, large };
};

describe('turns of runs', () => {
  it('let a run go on at once that is alone, or the only one of its tenant to run', async () => {
    const { clock, turns, large } = scene();
    turns.begin('large');
    await large.take(signal, done);
    expect(clock.slept).toBe(0);
  });

  it('make a large run wait while a small one of another tenant moves, and never the small one', async () => {
    const { clock, turns, large } = scene();
    const small = turns.begin('small');
    await small.take(signal, done);
    expect(clock.slept).toBe(0);
    let left = 30;
    clock.meanwhile = () => (left-- > 0 ? small.works(10) : small.end());
    await large.take(signal, done);
    expect(left).toBeLessThan(0);
    expect(clock.slept).toBeLessThan(500);
  });

  it('let the large run have a turn every second, however long others go on', async () => {
    const { clock, turns, large } = scene();
    const small = turns.begin('small');
    clock.meanwhile = () => small.works(1);
    await large.take(signal, done);
    expect(clock.slept).toBe(1_000);
    await large.take(signal, done);
    expect(clock.slept).toBe(2_000);
  });

  it('do not wait for a run that waits for something else', async () => {
    const { clock, turns, large } = scene();
    turns.begin('small').asks();
    await large.take(signal, done);
    expect(clock.slept).toBe(250);
    const before = clock.slept;
    await large.take(signal, done);
    expect(clock.slept).toBe(before);
  });

  it('pass to the other once a run has had as much', async () => {
    const { clock, turns, large } = scene();
    const other = turns.begin('other');
    other.works(500_000);
    await large.take(signal, done);
    expect(clock.slept).toBe(0);
    large.works(1);
    clock.meanwhile = () => other.works(1);
    await large.take(signal, done);
    expect(clock.slept).toBe(10);
  });

  it('leave a large run one piece at a time while small ones are about, and for a while after', async () => {
    const { clock, turns, large } = scene();
    turns.begin('small').end();
    let left = 20;
    const under = Promise.withResolvers<undefined>();
    const first = large.take(signal, () => under.promise);
    clock.meanwhile = () => void (left-- === 0 && under.resolve(undefined));
    await large.take(signal, done);
    expect(clock.slept).toBeGreaterThanOrEqual(200);
    expect(clock.slept).toBeLessThan(400);
    await first;
  });

  it('let a run that is alone have as many pieces under way as it likes', async () => {
    const { clock, turns, large } = scene();
    turns.begin('small').end();
    clock.at += 2_000;
    const under = Promise.withResolvers<undefined>();
    const first = large.take(signal, () => under.promise);
    await large.take(signal, done);
    expect(clock.slept).toBe(0);
    under.resolve(undefined);
    await first;
  });

  it('end with the reason of the signal', async () => {
    const { turns, large } = scene();
    turns.begin('small');
    const stop = new AbortController();
    stop.abort(new Error('the worker is to end'));
    await expect(large.take(stop.signal, done)).rejects.toThrow('the worker is to end');
  });
});
