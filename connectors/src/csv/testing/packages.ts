/** For tests: OneRoster packages of an invented school, whole or changed in one place, written to a folder that goes with the test. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, type Version } from '../catalogue.js';
import { zipBytes } from './zip-bytes.js';

/** File names without `.csv`, to texts. */
export type Files = Readonly<Record<string, string>>;

const head = (file: string, version: Version): string =>
  catalogue[version]
    .get(file)!
    .columns.map(({ name }) => name)
    .join();

/** Rows by columns' names; what is not named is empty. */
export function csvOf(
  file: string,
  rows: readonly Readonly<Record<string, string>>[],
  version: Version = '1.2',
): string {
  const columns = catalogue[version].get(file)!.columns;
  const cell = (text = '') => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [head(file, version), ...rows.map((row) => columns.map(({ name }) => cell(row[name])).join())]
    .map((line) => `${line}\r\n`)
    .join('');
}

export function manifestOf(modes: Readonly<Record<string, string>>, version: Version = '1.2'): string {
  const files = [...catalogue[version].keys()].map((name) => `file.${name},${modes[name] ?? 'absent'}`);
  const lines = ['propertyName,value', 'manifest.version,1.0', `oneroster.version,${version}`, ...files];
  return lines.map((line) => `${line}\r\n`).join('');
}

type Row = Readonly<Record<string, string>>;

export const rows12: Readonly<Record<string, readonly Row[]>> = {
  orgs: [
    { sourcedId: 'org-fjordby', name: 'Fjordby District', type: 'district', identifier: 'D0' },
    {
      sourcedId: 'org-lindholm',
      name: 'Lindholm School',
      type: 'school',
      identifier: 'S1',
      parentSourcedId: 'org-fjordby',
    },
  ],
  academicSessions: [
    {
      sourcedId: 'year',
      title: '2026-27',
      type: 'schoolYear',
      startDate: '2026-08-17',
      endDate: '2027-06-11',
      schoolYear: '2027',
    },
    {
      sourcedId: 'autumn',
      title: 'Autumn',
      type: 'term',
      startDate: '2026-08-17',
      endDate: '2026-12-18',
      parentSourcedId: 'year',
      schoolYear: '2027',
    },
  ],
  courses: [
    {
      sourcedId: 'math',
      schoolYearSourcedId: 'year',
      title: 'Mathematics',
      courseCode: 'M5',
      grades: '05',
      orgSourcedId: 'org-lindholm',
      subjects: 'Math',
      subjectCodes: 'MA',
    },
  ],
  classes: [
    {
      sourcedId: 'math-a',
      title: 'Mathematics, a',
      grades: '05',
      courseSourcedId: 'math',
      classType: 'scheduled',
      schoolSourcedId: 'org-lindholm',
      termSourcedIds: 'autumn,year',
    },
  ],
  users: [
    {
      sourcedId: 'edda',
      enabledUser: 'true',
      username: 'edda',
      userIds: '{SIS:1001},{LDAP:edda}',
      givenName: 'Edda',
      familyName: 'Ahlgren',
      agentSourcedIds: 'hugo',
      grades: '05',
      preferredGivenName: 'Ed',
      primaryOrgSourcedId: 'org-lindholm',
    },
    {
      sourcedId: 'hugo',
      enabledUser: 'true',
      username: 'hugo',
      givenName: 'Hugo',
      familyName: 'Ahlgren',
      password: 'never-keep-this',
    },
  ],
  roles: [
    {
      sourcedId: 'r1',
      userSourcedId: 'edda',
      roleType: 'primary',
      role: 'student',
      orgSourcedId: 'org-lindholm',
      beginDate: '2026-08-17',
    },
    { sourcedId: 'r2', userSourcedId: 'hugo', roleType: 'primary', role: 'parent', orgSourcedId: 'org-lindholm' },
    { sourcedId: 'r3', userSourcedId: 'hugo', roleType: 'secondary', role: 'teacher', orgSourcedId: 'org-fjordby' },
  ],
  enrollments: [
    {
      sourcedId: 'e1',
      classSourcedId: 'math-a',
      schoolSourcedId: 'org-lindholm',
      userSourcedId: 'edda',
      role: 'student',
      primary: 'false',
      beginDate: '2026-08-17',
    },
    {
      sourcedId: 'e2',
      classSourcedId: 'math-a',
      schoolSourcedId: 'org-lindholm',
      userSourcedId: 'hugo',
      role: 'teacher',
      primary: 'true',
    },
  ],
};

export type Mode = 'bulk' | 'delta';

/** A package that the standard accepts. `stamp` is what a delta's rows carry. */
export function invented(
  mode: Mode = 'bulk',
  rows: Readonly<Record<string, readonly Row[]>> = rows12,
  stamp: Row = { status: 'active', dateLastModified: '2026-08-15T07:30:00.000Z' },
): Files {
  const stamped = (row: Row): Row => (mode === 'delta' ? { ...stamp, ...row } : row);
  const files = Object.entries(rows).map(([file, some]) => [file, csvOf(file, some.map(stamped))] as const);
  return {
    manifest: manifestOf(Object.fromEntries(Object.keys(rows).map((file) => [file, mode]))),
    ...Object.fromEntries(files),
  };
}

/** The same school in 1.1, where users carry role and orgs. */
export function invented11(): Files {
  const { users, roles, ...others } = rows12;
  const rolesOf = (id: string) => roles!.filter((role) => role.userSourcedId === id);
  const old = users!.map((user) => ({
    ...user,
    role: rolesOf(user.sourcedId!)[0]!.role!,
    orgSourcedIds: rolesOf(user.sourcedId!)
      .map((role) => role.orgSourcedId)
      .join(),
  }));
  const all: Readonly<Record<string, readonly Row[]>> = { ...others, users: old };
  const texts = Object.entries(all).map(([file, some]) => [file, csvOf(file, some, '1.1')] as const);
  const modes = Object.fromEntries(Object.keys(all).map((file) => [file, 'bulk']));
  return { manifest: manifestOf(modes, '1.1'), ...Object.fromEntries(texts) };
}

/** A folder for packages; `remove` belongs into `afterAll`. */
export class PackageShelf {
  readonly folder = mkdtempSync(join(tmpdir(), 'rollcall-packages-'));
  #count = 0;

  /** The path of a zip with these files. */
  zip(files: Files, rename: (name: string) => string = (name) => `${name}.csv`): string {
    return this.bytes(zipBytes(Object.entries(files).map(([name, content]) => ({ name: rename(name), content }))));
  }

  bytes(content: Buffer): string {
    const path = join(this.folder, `${(this.#count += 1)}.zip`);
    writeFileSync(path, content);
    return path;
  }

  unpacked(files: Files): string {
    const path = join(this.folder, String((this.#count += 1)));
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, `${name}.csv`), content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
