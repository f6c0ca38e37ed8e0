/** Every kind of bad record, on every entity it suits: only the named rows are bad, and bad in the promised way. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type BadKind, badKinds, suits } from './bad-records.js';
import { type EntityName, entityNames } from '../district/entities.js';
import { type Row, TestSandbox } from '../testing/client.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start({ students: 60 });
});
afterEach(() => sandbox.control('reset', {}));
afterAll(() => sandbox.close());

const nameOf = (row: Row) => row.familyName ?? row.title ?? row.name ?? row.cityOfBirth ?? row.primary;
const cases = badKinds.flatMap((kind) =>
  kind === 'cycle' ? [] : (suits(kind) ?? entityNames).map((entity) => [kind, entity] as const),
);

const isBad: Record<Exclude<BadKind, 'cycle'>, (row: Row, known: Set<string>) => boolean> = {
  'missing-name': (row) => nameOf(row) === undefined,
  'unreadable-key': (row) => typeof row.sourcedId !== 'string' || row.sourcedId === '',
  'dangling-reference': (row, known) => {
    const references = [row.primaryOrg, row.user, row.course, row.org, row.parent] as ({ sourcedId: string } | null)[];
    return references.some((reference) => reference && !known.has(reference.sourcedId));
  },
  nul: (row) => String(nameOf(row)).includes('\u0000'),
  'huge-field': (row) => String(nameOf(row)).length === 2 * 1024 * 1024,
  'bad-date': (row) =>
    [row.beginDate, row.startDate, row.birthDate].includes('2026-13-45') ||
    Number.isNaN(Date.parse(row.dateLastModified)),
  'bad-role': (row) => [row.role, row.roles?.[0]?.role].includes('wizard'),
  'wrong-types': (row) =>
    typeof row.enabledUser === 'number' ||
    typeof row.primary === 'number' ||
    typeof row.schoolYear === 'string' ||
    typeof row.children === 'string' ||
    typeof row.grades === 'string',
};

describe('bad records', () => {
  test.each(cases)('%s in %s: exactly the named rows are bad', async (kind, entity) => {
    const before = await sandbox.all(entity);
    const answer = await sandbox.control('bad-records', { entity, kind, count: 3 });
    expect([answer.spoiled, new Set(answer.sourcedIds).size]).toEqual([3, 3]);
    const known = new Set<string>();
    for (const name of entityNames) for (const row of await readIds(name)) known.add(row);
    const after = await sandbox.all(entity);
    expect(after).toHaveLength(before.length);
    const bad = isBad[kind as Exclude<BadKind, 'cycle'>];
    after.forEach((row, n) => {
      const named = answer.sourcedIds.includes(before[n]!.sourcedId);
      expect([n, bad(row, known)]).toEqual([n, named]);
      if (!named) expect(row).toEqual(before[n]);
    });
  });

  async function readIds(name: EntityName): Promise<string[]> {
    const rows = await sandbox.all(name);
    return rows.map((row) => row.sourcedId);
  }

  test.each([
    ['users', (row: Row) => row.agents[0].sourcedId],
    ['orgs', (row: Row) => row.parent.sourcedId],
    ['academicSessions', (row: Row) => row.parent.sourcedId],
  ])('cycle in %s: two rows name each other, an odd one itself', async (entity, next) => {
    const { sourcedIds: named } = await sandbox.control('bad-records', { entity, kind: 'cycle', count: 3 });
    const rows = new Map((await sandbox.all(entity)).map((row) => [row.sourcedId, row]));
    expect(named.map((id: string) => next(rows.get(id)!))).toEqual([named[1], named[0], named[2]]);
  });

  test('are good again after DELETE', async () => {
    const before = await sandbox.all('users');
    await sandbox.control('bad-records', { entity: 'users', kind: 'nul', count: 5 });
    const reply = await sandbox.fetch('/control/bad-records', { method: 'DELETE' });
    expect(reply.body).toEqual({ cleared: 5 });
    expect(await sandbox.all('users')).toEqual(before);
  });
});
