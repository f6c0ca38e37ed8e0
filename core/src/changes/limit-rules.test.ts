/** Laws of the rules for limits: the most specific one that applies decides, whatever their order, and none lets a whole scope go. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entityNames } from '../roster/entities.js';
import { defaultLimits, trippedLimit } from './limits.js';
import { limitFor, limitOf, limitsUnder, type LimitRule, type LimitScope } from './limit-rules.js';
import { seasons } from './seasons.js';

const operations = ['create', 'update', 'reactivate', 'deactivate'] as const;
const some = <Value>(...values: readonly Value[]) => fc.option(fc.constantFrom(...values), { freq: 2 });
const of = {
  integrationId: some('i1', 'i2'),
  schoolId: some('s1', 's2'),
  entity: some('users' as const, 'classes' as const),
  operation: some('update' as const, 'deactivate' as const),
};
const share = fc.double({ min: 0, max: 1, noNaN: true });
const rule: fc.Arbitrary<LimitRule> = fc.record({
  id: fc.uuid(),
  ...of,
  season: some(...seasons),
  share,
  rows: fc.integer({ min: 1, max: 100_000 }),
});
const rules = fc.array(rule, { maxLength: 12 });
const scope: fc.Arbitrary<LimitScope> = fc.record({
  integrationId: fc.constantFrom('i1', 'i2'),
  schoolId: some('s1', 's2'),
  entity: fc.constantFrom('users', 'classes'),
  operation: fc.constantFrom('update', 'deactivate'),
  seasons: fc.subarray([...seasons]),
});
const named = (one: LimitRule) => [one.schoolId, one.entity, one.operation, one.integrationId, one.season];

describe('the rule for a scope', () => {
  it('names nothing that the scope is not', () => {
    fc.assert(
      fc.property(rules, scope, (all, at) => {
        const found = limitFor(all, at);
        if (found === null) return;
        for (const part of ['integrationId', 'schoolId', 'entity', 'operation'] as const)
          expect([null, at[part]]).toContain(found[part]);
        expect([null, ...at.seasons]).toContain(found.season);
      }),
    );
  });

  it('is the same in whatever order the rules stand, and whatever else is among them', () => {
    fc.assert(
      fc.property(rules, scope, rule, (all, at, other) => {
        const found = limitFor(all, at);
        expect(limitFor(all.toReversed(), at)).toEqual(found);
        fc.pre(limitFor([other], at) === null);
        expect(limitFor([other, ...all], at)).toEqual(found);
      }),
    );
  });

  it('is never less specific than another that applies: school before entity, operation, integration, season', () => {
    fc.assert(
      fc.property(rules, scope, (all, at) => {
        const found = limitFor(all, at);
        const weight = (one: LimitRule) => named(one).reduce((sum, part) => sum * 2 + (part === null ? 0 : 1), 0);
        for (const one of all)
          if (limitFor([one], at) !== null) expect(weight(found!)).toBeGreaterThanOrEqual(weight(one));
      }),
    );
  });

  it('is none where none applies, and the stricter one where two seasons meet', () => {
    const base = { id: 'a', integrationId: null, schoolId: null, entity: null, operation: null, rows: 1 };
    const start: LimitRule = { ...base, season: 'term_start', share: 0.4 };
    const end: LimitRule = { ...base, id: 'b', season: 'term_end', share: 0.2 };
    const at = { integrationId: 'i1', schoolId: null, entity: 'users', operation: 'deactivate' } as const;
    expect(limitFor([start, end], { ...at, seasons: [] })).toBeNull();
    expect(limitFor([start, end], { ...at, seasons: ['term_start'] })).toBe(start);
    expect(limitFor([start, end], { ...at, seasons: ['term_start', 'term_end'] })).toBe(end);
  });
});

describe('no rule', () => {
  it.each(entityNames)('lets all of a scope of %s be deactivated', (entity) => {
    fc.assert(
      fc.property(rule, fc.integer({ min: 1, max: 100_000 }), (one, active) => {
        const limits = limitsUnder(defaultLimits[entity], 'deactivate', one);
        expect(trippedLimit(limits, { operation: 'deactivate', rows: active, active }, true)).toMatch(/^all /);
      }),
    );
  });

  it('changes how another operation is judged', () => {
    fc.assert(
      fc.property(rule, fc.constantFrom(...operations), fc.constantFrom(...operations), (one, set, asked) => {
        const limits = limitsUnder(defaultLimits.users, set, one);
        const same = set === asked || [set, asked].toSorted().join() === 'create,reactivate';
        expect(limitOf(limits, asked)).toEqual(
          same ? { share: one.share, rows: one.rows } : limitOf(defaultLimits.users, asked),
        );
      }),
    );
  });

  it('below a half keeps half of a scope from waiting, and one above a half is taken at its word', () => {
    const rows = (set: number, gone: number) =>
      trippedLimit(
        limitsUnder(defaultLimits.users, 'deactivate', { share: set, rows: 1000 }),
        { operation: 'deactivate', rows: gone, active: 100 },
        true,
      );
    expect(rows(0.1, 50)).toContain('half of a scope');
    expect(rows(0.8, 79)).toBeNull();
    expect(rows(0.8, 80)).toContain('80 %');
  });
});
