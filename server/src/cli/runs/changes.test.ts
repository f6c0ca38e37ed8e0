/** A run's rows for people name the fields that differ; what stood and stands in them is shown only to those who ask for it. */
import { expect, it } from '@jest/globals';
import type { RunChange } from '../../store/changes.js';
import { changesText } from './changes.js';

const change: RunChange = {
  ...{ entity: 'users', localId: 'l1', externalId: 'ext-1', operation: 'update', state: 'stale', absent: false },
  ...{
    holdId: null,
    formerly: null,
    reason: 'the record changed after the plan was made',
    fields: ['grades', 'phone'],
  },
  before: { grades: [], phone: null },
  after: { grades: ['07'], phone: '555-0101' },
};

it('names entity, record, operation, state, fields and reason', () => {
  expect(changesText({ changes: [change], next: null }, false).split('\n')).toEqual([
    expect.stringMatching(/^entity +external id +operation +state +fields +why +local id$/),
    expect.stringMatching(/^users +ext-1 +update +stale +grades, phone +the record changed .* +l1$/),
  ]);
});

it('shows no value unless it was asked for', () => {
  expect(changesText({ changes: [change], next: null }, false)).not.toMatch(/555|07/);
  expect(changesText({ changes: [change], next: null }, true)).toContain('grades: [] → ["07"]; phone: - → "555-0101"');
});

it('says how to go on, or that there is nothing', () => {
  expect(changesText({ changes: [change], next: 'users:l1' }, false)).toMatch(/go on with --after users:l1$/);
  expect(changesText({ changes: [], next: null }, false)).toBe('There are no such rows.');
});
