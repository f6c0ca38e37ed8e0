/**
 * What a consumer of OneRoster must survive of rows: one row for each quirk that is known in the field, written down as such servers send
 * them. Numbers go on those of quirks.test.ts.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EntityName, User } from '@rollcall/core';
import type { IRosterProvider } from '../contracts.js';
import { callContext } from '../testing/ports.js';
import { wireRow, wireUser } from '../testing/wire-rows.js';
import { canned, closeCanned } from './testing/canned.js';

afterEach(closeCanned);

const first = (provider: IRosterProvider, entity: EntityName) =>
  provider.readPage(entity, { offset: 0, limit: 1000 }, callContext());
const usersOf = async (...rows: unknown[]) => (await first(await canned({ users: rows }), 'users')).records as User[];

const quirks: readonly (readonly [number: number, promise: string, check: () => Promise<void>])[] = [
  [
    6,
    'dateLastModified may be a date, or missing, and nothing is read by it unless the operator vouches for it',
    async () => {
      const dates = ['2026-08-15', '2026-08-15T09:30:00+02:00', '', undefined];
      const rows = dates.map((dateLastModified, n) => wireUser({ sourcedId: `u${n}`, dateLastModified }));
      const read = (await usersOf(...rows)).map((user) => user.dateLastModified);
      expect(read).toEqual(['2026-08-15T00:00:00.000Z', '2026-08-15T07:30:00.000Z', null, null]);
      expect((await canned({})).capabilities.dateLastModifiedFilter).toBe(false);
    },
  ],
  [
    9,
    'rows of 1.1 and 1.2 are told apart one by one, whatever the version says',
    async () => {
      const rows = [
        wireUser({ sourcedId: 'a' }),
        wireUser({
          sourcedId: 'b',
          roles: undefined,
          primaryOrg: undefined,
          role: 'teacher',
          orgs: [{ sourcedId: 'o' }],
        }),
      ];
      expect((await usersOf(...rows)).map(({ roles }) => roles[0])).toMatchObject([
        { role: 'student', org: 'org-lindholm' },
        { role: 'teacher', org: 'o' },
      ]);
    },
  ],
  [
    10,
    'one person under two ids stays two records, each with its roles',
    async () => {
      const twice = await usersOf(wireUser({ sourcedId: 'a' }), wireUser({ sourcedId: 'b' }));
      expect(twice.map((user) => [user.sourcedId, user.identifier])).toEqual([
        ['a', 'P-1001'],
        ['b', 'P-1001'],
      ]);
    },
  ],
  [
    11,
    'a sourcedId is taken as it is, so that a changed one is another record',
    async () => {
      const ids = ['Ab', 'ab', ' ab', 'a/b?c', 'é', 'e\u0301'];
      expect((await usersOf(...ids.map((sourcedId) => wireUser({ sourcedId })))).map((user) => user.sourcedId)).toEqual(
        ids,
      );
    },
  ],
  [
    13,
    'an empty text is no value, and odd characters are kept',
    async () => {
      const [user] = await usersOf(
        wireUser({ email: '', username: ' ', givenName: "Zoë-D'Arc 王", identifier: '<&>"' }),
      );
      expect(user).toMatchObject({ email: null, username: null, givenName: "Zoë-D'Arc 王", identifier: '<&>"' });
    },
  ],
  [
    14,
    'wrong types are read for what they mean',
    async () => {
      const over = {
        enabledUser: 0,
        grades: '5',
        primaryOrg: { sourcedId: 'o', type: 'user', href: '../o' },
        agents: { sourcedId: 'x' },
      };
      expect((await usersOf(wireUser(over)))[0]).toMatchObject({
        enabledUser: false,
        grades: ['5'],
        primaryOrg: 'o',
        agents: ['x'],
      });
      const provider = await canned({ classes: [wireRow.classes({ periods: '1', course: {} })] });
      expect((await first(provider, 'classes')).records[0]).toMatchObject({ periods: ['1'], course: null });
    },
  ],
  [
    15,
    'sessions need no parent, no order and no grading periods',
    async () => {
      const sessions = ['School_Year', 'term', 'Grading_Period'].map((type, n) =>
        wireRow.academicSessions({
          sourcedId: `s${n}`,
          type,
          parent: null,
          startDate: '2026-08-17',
          endDate: '2026-08-17',
        }),
      );
      const { records, rejects } = await first(await canned({ academicSessions: sessions }), 'academicSessions');
      expect([records.length, rejects]).toEqual([3, []]);
    },
  ],
  [
    21,
    'grade codes of every custom become one, and others stay as they are',
    async () => {
      const [user] = await usersOf(wireUser({ grades: ['KG', '9', '09', '9th', '12th', 'UG', 'K'] }));
      expect(user!.grades).toEqual(['0', '12', '9', 'UG']);
    },
  ],
];

describe('the quirks of rows', () => {
  it.each(quirks)('%i: %s', (_number, _promise, check) => check());
});
