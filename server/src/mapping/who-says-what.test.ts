/** Whose word counts for a field: the highest-ranked source that supplies it, whatever the others say. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RecordSources, SourceLink } from '../store/mappings/sources.js';
import { saidOf } from './who-says-what.js';

const source = (
  integration: string,
  differing: SourceLink['differing'],
  state: SourceLink['state'] = 'active',
): SourceLink => ({
  ...{ integrationId: integration, integration, rank: 1, externalId: `${integration}-1`, state, differing },
  ...{ lastSeenAt: null, missingSince: null, comparedNext: false },
});
const record = (values: RecordSources['values'], ...links: SourceLink[]): RecordSources => ({
  active: true,
  values,
  links,
});

test('a field belongs to the first source that supplies it, and what others say stands beside it', () => {
  const said = saidOf('email', record({ email: 'a@x' }, source('sis', {}), source('library', { email: 'b@x' })));
  expect(said).toEqual({
    ...{ field: 'email', belongsTo: 'sis', value: 'a@x' },
    differing: [{ integration: 'library', externalId: 'library-1', value: 'b@x' }],
  });
});

test.each([[null], [[]]])('a first source that says %j leaves the word to the next', (nothing) => {
  const links = [source('sis', { grades: nothing }), source('library', {})];
  const said = saidOf('grades', record({ grades: ['07'] }, ...links));
  expect(said).toMatchObject({ belongsTo: 'library', differing: [{ integration: 'sis', value: nothing }] });
});

test('a source that is missing still has its word; one that was ended or unlinked has none', () => {
  const gone = (['deactivated', 'unlinked', 'merged'] as const).map((state) => source(state, { phone: '555' }, state));
  const said = saidOf('phone', record({ phone: '555-0100' }, ...gone, source('sis', {}, 'missing')));
  expect(said).toMatchObject({ belongsTo: 'sis', differing: [] });
});

test('what nobody supplies belongs to nobody', () => {
  expect(saidOf('phone', record({ phone: null }, source('sis', {}))).belongsTo).toBeNull();
  expect(saidOf('phone', record({}, source('sis', { phone: null })))).toMatchObject({ belongsTo: null, value: null });
});

test('for any sources: no source above the owner supplies the field', () => {
  const value = fc.constantFrom(null, [], ['x'], 'y', undefined);
  fc.assert(
    fc.property(value, fc.array(value, { maxLength: 5 }), (hub, says) => {
      const links = says.map((each, at) => source(String(at), each === undefined ? {} : { f: each }));
      const { belongsTo } = saidOf('f', record({ f: hub ?? null }, ...links));
      const supplied = says
        .map((each) => (each === undefined ? hub : each))
        .findIndex((each) => each != null && each.length > 0);
      expect(belongsTo).toBe(supplied < 0 ? null : String(supplied));
    }),
  );
});
