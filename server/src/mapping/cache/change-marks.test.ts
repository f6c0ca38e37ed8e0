/** Marks of changes: what came after a snapshot always counts as moved, however much is remembered, and nobody asks more than is needed. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Mark } from '../../store/mappings/marks.js';
import { byExternalId, ChangeMarks } from './change-marks.js';
import { couldSee, readSnapshot } from './snapshot.js';

const kind = byExternalId('i', 'users');

function marksOf(marks: readonly Mark[]) {
  const clock = { now: 1_000, asked: 0 };
  const source = {
    now: () => clock.now,
    read: async () => {
      clock.asked += 1;
      return { snapshot: '1:1:', marks: clock.asked === 1 ? marks : [] };
    },
  };
  return { clock, marks: new ChangeMarks(source) };
}

const change = (xid: number, ids: readonly string[] | null): Mark => ({
  ...{ xid, integrationId: 'i', entity: 'users', externalIds: ids, localIds: ids },
});

describe('what was read in a snapshot', () => {
  const mark = fc.tuple(
    fc.integer({ min: 1, max: 400 }),
    fc.option(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })),
  );
  const snapshot = fc
    .record({
      xmin: fc.integer({ min: 1, max: 400 }),
      span: fc.nat(20),
      running: fc.array(fc.nat(20), { maxLength: 4 }),
    })
    .map(({ xmin, span, running }) => `${xmin}:${xmin + span}:${[...new Set(running)].map((n) => xmin + n).join(',')}`);

  test('has moved when a change that it could not see touched it, also when changes are too many to be told apart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mark, { maxLength: 250 }), snapshot, async (all, text) => {
        const { marks } = marksOf(all.map(([xid, ids]) => change(xid, ids)));
        await marks.fresh();
        const seen = readSnapshot(text)!;
        const touched = all.some(([xid, ids]) => (ids === null || ids.includes('a')) && !couldSee(seen, xid));
        if (touched) expect(marks.movedSince(seen, kind, 'a')).toBe(true);
        const whole = all.filter(([, ids]) => ids === null).length;
        if (whole <= 100) expect(marks.movedSince(seen, kind, 'a')).toBe(touched);
      }),
    );
  });

  test('has not moved for changes of another kind', async () => {
    const { marks } = marksOf([change(50, null)]);
    await marks.fresh();
    expect(marks.movedSince(readSnapshot('1:1:')!, byExternalId('other', 'users'), 'a')).toBe(false);
  });
});

describe('asking', () => {
  test('is done once for many, again beside the work after 40 ms, and before it after 80 ms', async () => {
    const { clock, marks } = marksOf([]);
    await Promise.all([marks.fresh(), marks.fresh(), marks.fresh()]);
    expect(clock.asked).toBe(1);
    clock.now += 40;
    await marks.fresh();
    expect(clock.asked).toBe(1);
    clock.now += 1;
    await marks.fresh();
    await marks.fresh();
    expect(clock.asked).toBe(2);
    clock.now += 81;
    await marks.fresh();
    expect(clock.asked).toBe(3);
  });

  test('is done anew by whoever comes after a change of this process', async () => {
    const { clock, marks } = marksOf([]);
    await marks.fresh();
    clock.now += 1;
    marks.expire();
    clock.now += 1;
    await marks.fresh();
    expect(clock.asked).toBe(2);
  });
});

test.each(['', '1:2', 'a:b:c', '1:2:3;4', null, 7, '1:2:x'])('%j is no snapshot', (text) =>
  expect(readSnapshot(text)).toBeNull(),
);
