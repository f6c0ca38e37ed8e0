/** For tests: sources of one tenant that say what the test wants, each a folder of OneRoster CSV that is written anew before it is read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultGrace, defaultLimits, entityNames, type EntityName, type Limits, type RunReport } from '@rollcall/core';
import type { TestDatabase } from '../../store/testing/test-database.js';
import { setMatchSettings } from '../matching/set-match-settings.js';
import { packagedTenant, type PackagedTenant } from './packaged-tenant.js';

type Row = Readonly<Record<string, string>>;
/** By the standard's file names, without `.csv`. */
export type Said = Readonly<Record<string, readonly Row[]>>;

const unlimited: Limits = {
  ...{ deactivate: { share: 2, rows: 1_000 }, update: { share: 2, rows: 1_000 }, create: { share: 2, rows: 1_000 } },
  ...{ largeShare: 2, smallScopeRows: 1_000 },
};
const ofAll = <T>(value: T) => Object.fromEntries(entityNames.map((name) => [name, value])) as Record<EntityName, T>;

/** Nothing is held, and what is missing twice is gone. */
export const hasty = { limits: ofAll(unlimited), grace: ofAll({ completeRuns: 2, hours: 0 }) };
export const cautious = { limits: defaultLimits, grace: defaultGrace };

export class SmallSource {
  private constructor(
    private readonly folder: string,
    private readonly tenant: PackagedTenant,
    readonly name: string,
  ) {}

  /** Records are ours where their ids are the same, unless `rules` says otherwise. */
  static async open(
    database: TestDatabase,
    name: string,
    {
      rank = 1,
      policy = hasty,
      rules = ofAll([{ name: 'sourced id', fields: ['sourcedId'], score: 95 }]) as unknown,
    } = {},
  ): Promise<SmallSource> {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-source-'));
    const path = join(folder, 'roster');
    mkdirSync(path);
    const { tenantId, worker } = database;
    const tenant = await packagedTenant(database, tenantId, { path }, name, policy);
    await database.sql('UPDATE integrations SET rank = $2 WHERE name = $1', [name, rank]);
    const settings = rules === null ? {} : { rules };
    await setMatchSettings(worker, { tenantId, integration: name, settings, reason: 'a test', actor: 'test' });
    return new SmallSource(path, tenant, name);
  }

  /** A full run that finds this and nothing else. */
  async says(said: Said): Promise<RunReport> {
    const files = Object.keys(said).map((file) => `file.${file},bulk`);
    const manifest = ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.2', ...files];
    this.write('manifest', manifest);
    for (const [file, rows] of Object.entries(said)) this.write(file, linesOf(rows));
    return this.tenant.sync();
  }

  /** Carries out a run that was asked for elsewhere. */
  work(runId: string): Promise<RunReport> {
    return this.tenant.work(runId);
  }

  close(): void {
    rmSync(join(this.folder, '..'), { recursive: true, force: true });
  }

  private write(file: string, lines: readonly string[]): void {
    writeFileSync(join(this.folder, `${file}.csv`), lines.map((line) => `${line}\r\n`).join(''));
  }
}

function linesOf(rows: readonly Row[]): string[] {
  const columns = [...new Set(['sourcedId', ...rows.flatMap((row) => Object.keys(row))])];
  return [columns.join(), ...rows.map((row) => columns.map((column) => `"${row[column] ?? ''}"`).join())];
}
