/** Laws of the guard: it never lets more than its share through, and doing less never trips what doing more did not. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entityNames } from '../roster/entities.js';
import { defaultLimits, trippedLimit, type Limits, type Operation } from './limits.js';

const limit = fc.record({
  share: fc.double({ min: 0.001, max: 1, noNaN: true }),
  rows: fc.integer({ min: 1, max: 200 }),
});
const limits: fc.Arbitrary<Limits> = fc.record({
  deactivate: limit,
  update: limit,
  create: limit,
  largeShare: fc.double({ min: 0.1, max: 1, noNaN: true }),
  smallScopeRows: fc.integer({ min: 1, max: 20 }),
});
const active = fc.integer({ min: 0, max: 5000 });
const measured = fc.tuple(active, fc.integer({ min: 1, max: 6000 }));

describe('the guard', () => {
  it('lets a removal through only below both its limits, half of a scope and the whole of it', () => {
    fc.assert(
      fc.property(limits, measured, (l, [rowsActive, rows]) => {
        if (trippedLimit(l, { operation: 'deactivate', rows, active: rowsActive }, true) !== null) return;
        expect(rows).toBeLessThan(rowsActive);
        expect(rows < l.deactivate.rows || rows < l.deactivate.share * rowsActive).toBe(true);
        expect(rowsActive < l.smallScopeRows || rows < l.largeShare * rowsActive).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<Operation>(['create', 'update'])(
    'lets %ss through only below their limit, once the entity has completed',
    (operation) => {
      fc.assert(
        fc.property(limits, measured, (l, [rowsActive, rows]) => {
          if (trippedLimit(l, { operation, rows, active: rowsActive }, true) !== null) return;
          const own = operation === 'create' ? l.create : l.update;
          expect(rows < own.rows || rows < own.share * rowsActive).toBe(true);
        }),
        { numRuns: 1000 },
      );
    },
  );

  it.each<Operation>(['create', 'update', 'reactivate', 'deactivate'])(
    'never trips on fewer %s rows than it lets through',
    (operation) => {
      fc.assert(
        fc.property(limits, measured, fc.nat(6000), fc.boolean(), (l, [rowsActive, rows], fewer, completed) => {
          fc.pre(fewer <= rows && trippedLimit(l, { operation, rows, active: rowsActive }, completed) === null);
          expect(trippedLimit(l, { operation, rows: fewer, active: rowsActive }, completed)).toBeNull();
        }),
        { numRuns: 1000 },
      );
    },
  );

  it('trips on reaching a limit, not only on passing it', () => {
    const at = { operation: 'deactivate' as const, rows: 25, active: 500 };
    expect(trippedLimit(defaultLimits.users, at, true)).toContain('25 of 500');
    expect(trippedLimit(defaultLimits.users, { ...at, rows: 24 }, true)).toBeNull();
    expect(trippedLimit(defaultLimits.users, { ...at, active: 501 }, true)).toBeNull();
  });

  it.each(entityNames)('never empties a scope of %s, however small', (entity) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (rows) => {
        expect(
          trippedLimit(defaultLimits[entity], { operation: 'deactivate', rows, active: rows }, true),
        ).not.toBeNull();
      }),
    );
  });

  it.each(entityNames)('holds half of a scope of %s from five rows on', (entity) => {
    const of = (rows: number, all: number) =>
      trippedLimit(defaultLimits[entity], { operation: 'deactivate', rows, active: all }, true);
    expect(of(3, 5)).not.toBeNull();
    expect(of(2, 5)).toBeNull();
    expect(of(3, 4)).toBeNull();
  });

  it('lets the first load create whatever it brings', () => {
    const all = { operation: 'create' as const, rows: 100_000, active: 0 };
    expect(trippedLimit(defaultLimits.users, all, false)).toBeNull();
    expect(trippedLimit(defaultLimits.users, all, true)).not.toBeNull();
  });

  it('does not trip on nothing', () => {
    expect(trippedLimit(defaultLimits.users, { operation: 'deactivate', rows: 0, active: 0 }, true)).toBeNull();
  });
});
