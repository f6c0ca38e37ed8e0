/** Rules name what there is, hold for every entity by default, and are refused with the place of what is wrong. */
import { describe, expect, test } from '@jest/globals';
import { entityNames } from '../roster/entities.js';
import { defaultMatchSettings, matchable, matchSettingsSchema, rulesOf } from './match-settings.js';

describe('by default', () => {
  test.each(entityNames)('%s have rules that the schema accepts, and one that is believed', (entity) => {
    const rules = rulesOf(defaultMatchSettings, entity);
    expect(matchSettingsSchema.parse({ rules: { [entity]: rules } }).rules[entity]).toEqual(rules);
    expect(Math.max(...rules.map(({ score }) => score))).toBeGreaterThanOrEqual(defaultMatchSettings.strongFrom);
  });

  test('nothing is believed of people unless their names agree', () => {
    for (const { fields, score } of rulesOf(defaultMatchSettings, 'users'))
      if (score >= defaultMatchSettings.strongFrom)
        expect(fields).toEqual(expect.arrayContaining(['givenName', 'familyName']));
  });
});

test('what is set takes the place of the defaults of its entity, and off is off', () => {
  const rule = { name: 'badge', fields: ['identifier'], score: 90 };
  const settings = matchSettingsSchema.parse({ rules: { users: [rule] } });
  expect(rulesOf(settings, 'users')).toEqual([rule]);
  expect(rulesOf(settings, 'orgs')).toEqual(rulesOf(defaultMatchSettings, 'orgs'));
  expect(rulesOf({ ...settings, on: false }, 'users')).toEqual([]);
});

const rule = { name: 'x', fields: ['email'], score: 90 };
test.each<[string, unknown, string]>([
  ['asks later than it believes', { askFrom: 81 }, 'askFrom'],
  ['names no field', { rules: { users: [{ ...rule, fields: ['agents'] }] } }, 'rules.users.0'],
  ['names a field twice', { rules: { users: [{ ...rule, fields: ['email', 'email'] }] } }, 'rules.users.0'],
  ['has two rules of one name', { rules: { users: [rule, rule] } }, 'rules.users.1'],
  [
    'gives classes a role',
    { rules: { classes: [{ ...rule, fields: ['title'], roles: ['student'] }] } },
    'rules.classes.0',
  ],
  ['is about pupils', { rules: { pupils: [rule] } }, 'rules'],
])('settings whose %s are refused at their place', (_, settings, place) => {
  const read = matchSettingsSchema.safeParse(settings);
  expect(read.error?.issues[0]!.path.join('.')).toMatch(new RegExp(`^${place}`));
});

test('an entity is matched by its own values and by what it refers to elsewhere', () => {
  expect(matchable('classes')).toEqual(expect.arrayContaining(['sourcedId', 'title', 'course', 'school']));
  expect(matchable('orgs')).not.toContain('parent');
});
