/** What a person types into a field is held to the rules of the field, and what is wrong is said without the value. */
import { describe, expect, it } from '@jest/globals';
import { entityNamed } from './entities.js';
import { fieldValueProblem } from './field-value.js';

const users = entityNamed('users');

describe('a value for a field', () => {
  it.each([
    ['familyName', 'Reed'],
    ['email', null],
    ['enabledUser', false],
    ['grades', ['07']],
    ['primaryOrg', 'school-1'],
  ])('%s may be %j', (field, value) => {
    expect(fieldValueProblem(users, field, value)).toBeNull();
  });

  it.each([
    ['familyName', '', /^The value for familyName does not fit/],
    ['familyName', null, /familyName/],
    ['enabledUser', 'Ada', /enabledUser/],
    ['grades', 'Ada', /grades/],
    ['givenName', 'Ada\0', /NUL character/],
    ['givenName', 'Ada\ud800', /broken Unicode/],
    ['sourcedId', 'Ada', /^There is no field sourcedId in users; there are givenName/],
    ['__proto__', 'Ada', /^There is no field of that name/],
    ['toString', 'Ada', /^There is no field toString/],
  ])('%s may not be %j', (field, value, sentence) => {
    const problem = fieldValueProblem(users, field, value);
    expect(problem).toMatch(sentence);
    expect(problem).not.toContain('Ada');
  });
});
