/** Lists within others show exactly the rows of the whole collection that belong there, and nothing for an id that nobody has. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Row, rowsOf, TestSandbox } from '../testing/client.js';

let sandbox: TestSandbox;
let enrollments: Row[];
beforeAll(async () => {
  sandbox = await TestSandbox.start({ students: 60 });
  enrollments = await sandbox.all('enrollments');
});
afterAll(() => sandbox.close());

const ids = (rows: Row[]) => rows.map(({ sourcedId }) => sourcedId).toSorted();
const nested = async (path: string, key: string) => ids(rowsOf(await sandbox.get(path, { limit: 1000 }), key));

test('classes, enrollments and students of a school', async () => {
  const school = enrollments[0]!.school.sourcedId;
  const classes = (await sandbox.all('classes')).filter((row) => row.school.sourcedId === school);
  const students = (await sandbox.all('students', 'users')).filter((row) => row.primaryOrg.sourcedId === school);
  expect(await nested(`schools/${school}/classes`, 'classes')).toEqual(ids(classes));
  expect(await nested(`schools/${school}/students`, 'users')).toEqual(ids(students));
  const own = enrollments.filter((row) => row.school.sourcedId === school);
  expect((await sandbox.get(`schools/${school}/enrollments`, { limit: 5 })).body.totalCount).toBe(own.length);
});

test('students and enrollments of a class, and classes of a student', async () => {
  const one = enrollments.find(({ role }) => role === 'student')!;
  const { class: group, user, school } = one;
  const there = enrollments.filter((row) => row.class.sourcedId === group.sourcedId);
  const students = new Set(there.filter(({ role }) => role === 'student').map((row) => row.user.sourcedId));
  expect(await nested(`classes/${group.sourcedId}/students`, 'users')).toEqual([...students].toSorted());
  const path = `schools/${school.sourcedId}/classes/${group.sourcedId}/enrollments`;
  expect(await nested(path, 'enrollments')).toEqual(ids(there));
  const own = enrollments.filter((row) => row.user.sourcedId === user.sourcedId).map((row) => row.class.sourcedId);
  expect(await nested(`students/${user.sourcedId}/classes`, 'classes')).toEqual([...new Set(own)].toSorted());
});

test('a parent’s children and a child’s parents are each other’s', async () => {
  const child = (await sandbox.all('users')).find(({ agents }) => agents.length > 0)!;
  const parents = await nested(`users/${child.sourcedId}/agents`, 'agents');
  expect(parents).toEqual(child.agents.map(({ sourcedId }) => sourcedId).toSorted());
  expect(await nested(`users/${parents[0]!}/agentFor`, 'users')).toContain(child.sourcedId);
});

test('an id that nobody has gives an empty list, and a path that is none gives 404', async () => {
  expect(await nested(`classes/${"o'neil"}/students`, 'users')).toEqual([]);
  expect((await sandbox.get('classes/x/pets')).status).toBe(404);
});
