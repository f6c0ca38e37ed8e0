/** For tests: sources of one tenant that say what the test wants, each a folder of OneRoster CSV that is written anew before it is read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { entityNames, type EntityName, type Limits, type RunReport } from '@rollcall/core';
import type { TestDatabase } from '../../store/testing/test-database.js';
import { setMatchSettings } from '../matching/set-match-settings.js';
import { requestUndo } from '../request-undo.js';
import type { RunPolicy } from '../run-context.js';
import { packagedTenant, type PackagedTenant } from './packaged-tenant.js';

type Row = Readonly<Record<string, string>>;
/** By the standard's file names, without `.csv`. */
export type Said = Readonly<Record<string, readonly Row[]>>;
/** What of a person is said besides name and school, by username; an empty text says nothing. */
export type People = ReadonlyMap<string, Row>;

const ofAll = <T>(value: T) => Object.fromEntries(entityNames.map((name) => [name, value])) as Record<EntityName, T>;
const never = { share: 2, rows: 1_000 };
export const unlimited: Limits = {
  deactivate: never,
  update: never,
  create: never,
  largeShare: 2,
  smallScopeRows: 1_000,
};

/** Nothing is held but what empties a whole school, and what is missing twice is gone. */
const hasty = { limits: ofAll(unlimited), grace: ofAll({ completeRuns: 2, hours: 0 }) };

/** People are ours who have the username, and schools that have the identifier. */
const rules = {
  users: [{ name: 'username', fields: ['username'], score: 95 }],
  orgs: [{ name: 'identifier', fields: ['identifier'], score: 95 }],
};

export class SmallSource {
  private constructor(
    readonly name: string,
    private readonly database: TestDatabase,
    private readonly path: string,
    private readonly tenant: PackagedTenant,
  ) {}

  static async open(
    database: TestDatabase,
    name: string,
    { rank = 1, policy = {} }: { rank?: number; policy?: Partial<RunPolicy> } = {},
  ): Promise<SmallSource> {
    const path = join(mkdtempSync(join(tmpdir(), 'rollcall-source-')), 'roster');
    mkdirSync(path);
    const { tenantId, worker } = database;
    const tenant = await packagedTenant(database, tenantId, { path }, name, { ...hasty, ...policy });
    await database.sql('UPDATE integrations SET rank = $2 WHERE name = $1', [name, rank]);
    const wanted = { tenantId, integration: name, settings: { rules }, reason: 'a test', actor: 'test' };
    await setMatchSettings(worker, wanted);
    return new SmallSource(name, database, path, tenant);
  }

  /** A full run that finds these people in one school and nobody else. */
  async says(people: People): Promise<RunReport> {
    const said = this.school(people);
    const files = Object.keys(said).map((file) => `file.${file},bulk`);
    this.write('manifest', ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.2', ...files]);
    for (const [file, rows] of Object.entries(said)) this.write(file, linesOf(rows));
    return this.tenant.sync();
  }

  /** Carries out a run that was asked for elsewhere. */
  work(runId: string): Promise<RunReport> {
    return this.tenant.work(runId);
  }

  async undo(runId: string): Promise<RunReport> {
    const wanted = { tenantId: this.database.tenantId, runId, rows: null, reason: 'tried', actor: 'test' };
    return this.work((await requestUndo(this.database.worker, wanted)).runId);
  }

  idOf(username: string): string {
    return `${this.name}-${username}`;
  }

  close(): void {
    rmSync(dirname(this.path), { recursive: true, force: true });
  }

  private school(people: People): Said {
    const school = this.idOf('school');
    const usual = { enabledUser: 'true', givenName: 'Edda', familyName: 'Ahlgren', primaryOrgSourcedId: school };
    const roles = { roleType: 'primary', role: 'student', orgSourcedId: school };
    return {
      orgs: [{ sourcedId: school, name: 'Lindholm School', type: 'school', identifier: 'S1' }],
      users: [...people].map(([name, person]) => ({ ...usual, sourcedId: this.idOf(name), username: name, ...person })),
      roles: [...people.keys()].map((name) => ({
        ...roles,
        sourcedId: this.idOf(`r-${name}`),
        userSourcedId: this.idOf(name),
      })),
    };
  }

  private write(file: string, lines: readonly string[]): void {
    writeFileSync(join(this.path, `${file}.csv`), lines.map((line) => `${line}\r\n`).join(''));
  }
}

function linesOf(rows: readonly Row[]): string[] {
  const columns = [...new Set(['sourcedId', ...rows.flatMap((row) => Object.keys(row))])];
  return [columns.join(), ...rows.map((row) => columns.map((column) => `"${row[column] ?? ''}"`).join())];
}
