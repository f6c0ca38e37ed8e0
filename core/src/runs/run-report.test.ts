/** Laws of the report's sums: an honest run adds up, and changing any one counter is noticed. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumsThatFail, type EntityCounts } from './run-report.js';

const n = fc.nat(1000);

/** Counts built from their parts, so that they add up by construction. */
const honest = fc
  .record({
    parts: fc.record({ duplicate: n, rejected: n, unchanged: n, declined: n, ignored: n, missing: n, seen: n }),
    settled: fc.record({ held: n, blocked: n, stale: n, conflict: n }),
    changed: fc.record({ created: n, updated: n, reactivated: n, deactivated: n, linked: n }),
    absentShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ parts, settled, changed, absentShare }) => {
    const { seen, ...own } = parts;
    const applied = changed.created + changed.updated + changed.reactivated + changed.deactivated + changed.linked;
    const plan = applied + settled.held + settled.blocked + settled.stale + settled.conflict;
    const absent = Math.floor(plan * absentShare);
    const planned = plan - absent;
    const staged = own.unchanged + planned + own.declined + own.ignored;
    const distinct = staged + own.rejected;
    const read = distinct + own.duplicate;
    const sums = { applied, absent, planned, staged, distinct, read, announced: null, complete: true };
    const counts: EntityCounts = { ...own, ...settled, ...changed, ...sums };
    return { counts, links: { activeBefore: seen + own.missing, seen } };
  });

const counters = [
  'read',
  'duplicate',
  'distinct',
  'rejected',
  'staged',
  'unchanged',
  'planned',
  'declined',
  'ignored',
  'created',
  'updated',
  'reactivated',
  'deactivated',
  'linked',
  'missing',
  'absent',
  'held',
  'blocked',
  'stale',
  'conflict',
  'applied',
] as const satisfies readonly (keyof EntityCounts)[];

describe('the sums of a run', () => {
  it('hold when every row is counted where it went', () => {
    fc.assert(
      fc.property(honest, ({ counts, links }) => {
        expect(sumsThatFail(counts, links)).toEqual([]);
      }),
    );
  });

  it.each(counters)('fail when %s is off by any number', (name) => {
    fc.assert(
      fc.property(honest, fc.integer({ min: 1, max: 50 }), ({ counts, links }, off) => {
        expect(sumsThatFail({ ...counts, [name]: counts[name] + off }, links)).not.toEqual([]);
      }),
    );
  });

  it.each(['activeBefore', 'seen'] as const)('fail when the links %s are off', (name) => {
    fc.assert(
      fc.property(honest, ({ counts, links }) => {
        expect(sumsThatFail(counts, { ...links, [name]: links[name] + 1 })).toHaveLength(1);
      }),
    );
  });

  it('name the sum that fails with both its sides', () => {
    const zero = Object.fromEntries(counters.map((name) => [name, 0]));
    const counts = { ...zero, announced: null, complete: true, read: 3 } as unknown as EntityCounts;
    expect(sumsThatFail(counts, { activeBefore: 0, seen: 0 })).toEqual(['read = distinct + duplicate: 3 is not 0']);
  });
});
