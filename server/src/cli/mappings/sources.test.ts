/** What the terminal says of a record's sources and of a new rank: in words, and in a table that one glance reads. */
import { expect, test } from '@jest/globals';
import type { Integration } from '../../store/integrations.js';
import type { SaidOfRecord } from '../../mapping/who-says-what.js';
import { rankSetText } from '../integration/rank.js';
import { saidText } from './sources.js';

const source = (integration: string, rank: number) => ({
  ...{ integrationId: integration, integration, rank, externalId: `${integration}-1`, state: 'active' as const },
  ...{ lastSeenAt: new Date('2026-11-20T06:00:00Z'), missingSince: null, comparedNext: false },
});
const said = (fields: SaidOfRecord['fields']): SaidOfRecord => ({
  ...{ entity: 'users', localId: 'x', active: true, fields },
  sources: [source('sis', 1), source('library', 2)],
});

test('each differing field is a line: whose it is, what the hub says, what each of the others does', () => {
  const email = {
    ...{ field: 'email', belongsTo: 'sis', value: 'ada@school.invalid' },
    differing: [{ integration: 'library', externalId: 'library-1', value: null }],
  };
  const grades = {
    ...{ field: 'grades', belongsTo: 'library', value: ['07'] },
    differing: [{ integration: 'sis', externalId: 'sis-1', value: [] }],
  };
  const lines = saidText(said([email, grades])).split('\n');
  expect(lines[0]).toMatch(/^integration +rank +external id +state +last seen/);
  expect(lines.slice(-3)).toEqual([
    'field   belongs to  in the hub          library says  sis says',
    'email   sis         ada@school.invalid  -             (the same)',
    'grades  library     ["07"]              (the same)    []',
  ]);
});

test('agreement and a record of nobody are said in words', () => {
  expect(saidText(said([]))).toMatch(/\n\nThey say the same\.$/);
  expect(saidText({ ...said([]), sources: [] })).toBe('The record has no source.');
});

test.each([
  [
    { records: 1_200 },
    'sis has rank 2; it had 1. 1,200 shared records are compared anew, by the next full reads of library, sis.',
  ],
  [
    { records: 1, dryRun: true },
    'sis would have rank 2; it has 1. 1 shared record would be compared anew, by the next full reads of library, sis.',
  ],
  [{ records: 0 }, 'sis has rank 2; it had 1. No record that several integrations have is concerned.'],
  [{ before: 2 }, 'sis has rank 2 already; nothing changes.'],
])('a new rank with %j is told as what it means', (how, text) => {
  const integration = { name: 'sis' } as Integration;
  const set = { integration, before: 1, rank: 2, records: 0, readInFull: ['library', 'sis'], dryRun: false, ...how };
  expect(rankSetText(set)).toBe(text);
});
