/** What holds for matching is said in words: scores, the measure of a re-key, every rule, and who set it. */
import { expect, it } from '@jest/globals';
import { defaultMatchSettings, matchSettingsSchema } from '@rollcall/core';
import { matchingText } from './matching.js';

it('names scores, measure and rules, and that they are the defaults', () => {
  const text = matchingText({ settings: defaultMatchSettings, set: null });
  expect(text).toContain('A single match of 80 or more is joined; one of 50 or more waits for a person.');
  expect(text).toContain('New ids of 20 records and 5% of a school wait together.');
  expect(text).toContain('The defaults.');
  expect(text).toMatch(/^users +e-mail \+ name +85 +email, givenName, familyName +-$/m);
});

it('says who set it and why, and when it is off', () => {
  const set = { by: 'ada', at: new Date('2026-11-20T08:00:00Z'), reason: 'the ids are stable' };
  const text = matchingText({ settings: matchSettingsSchema.parse({ on: false }), set });
  expect(text).toBe('New records are not matched with ours. Set by ada on 2026-11-20: the ids are stable');
});
