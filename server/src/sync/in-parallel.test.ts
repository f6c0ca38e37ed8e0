/** Bounded side-by-side work: never more at a time than allowed, in order where order is promised, and ended by a failure. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { inParallel, inParallelThenInOrder } from './in-parallel.js';

const items = [0, 1, 2, 3, 4, 5];

describe('inParallel', () => {
  it('works on no more items at a time than its width', async () => {
    let busy = 0;
    let most = 0;
    await inParallel(items, 2, async () => {
      most = Math.max(most, (busy += 1));
      await sleep(1);
      busy -= 1;
    });
    expect(most).toBe(2);
  });
});

describe('inParallelThenInOrder', () => {
  it('follows in the order of the list while later items are still in the first stage', async () => {
    const seen: string[] = [];
    await inParallelThenInOrder(items, 2, {
      first: async (item) => {
        await sleep(item === 5 ? 30 : 1);
        seen.push(`first ${item}`);
      },
      between: () => Promise.resolve(void seen.push('between')),
      then: async (item) => {
        await sleep(1);
        seen.push(`then ${item}`);
      },
    });
    expect(seen.filter((s) => s.startsWith('then'))).toEqual(items.map((item) => `then ${item}`));
    expect(seen.indexOf('then 0')).toBeLessThan(seen.indexOf('first 5'));
    expect(seen.indexOf('between')).toBeGreaterThan(seen.indexOf('first 5'));
    for (const item of items) expect(seen.indexOf(`then ${item}`)).toBeGreaterThan(seen.indexOf(`first ${item}`));
  });

  it('ends with the error of the first stage, and what follows it is not begun', async () => {
    const followed: number[] = [];
    const broken = inParallelThenInOrder(items, 2, {
      first: (item) => (item === 2 ? Promise.reject(new Error('the source is down')) : sleep(1)),
      between: () => Promise.reject(new Error('never')),
      then: (item) => Promise.resolve(void followed.push(item)),
    });
    await expect(broken).rejects.toThrow('the source is down');
    expect(followed).not.toContain(2);
    expect(followed).not.toContain(5);
  });

  it('begins nothing that follows an item whose first stage failed, though later ones are through it', async () => {
    const followed: number[] = [];
    const broken = inParallelThenInOrder(items, 2, {
      first: (item) => (item === 0 ? sleep(20).then(() => Promise.reject(new Error('late'))) : sleep(1)),
      between: () => Promise.reject(new Error('never')),
      then: (item) => Promise.resolve(void followed.push(item)),
    });
    await expect(broken).rejects.toThrow('late');
    expect(followed).toEqual([]);
  });

  it('ends with the error of what follows, and reads no further items', async () => {
    const read: number[] = [];
    const broken = inParallelThenInOrder(items, 1, {
      first: async (item) => {
        read.push(item);
        await sleep(5);
      },
      between: () => Promise.reject(new Error('never')),
      then: () => Promise.reject(new Error('the plan is broken')),
    });
    await expect(broken).rejects.toThrow('the plan is broken');
    expect(read.length).toBeLessThan(items.length);
  });
});
