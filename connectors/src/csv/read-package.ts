/**
 * Reads a package once, from end to end, into spools from which pages are served: what stops the reading stops it before anything is
 * served. Memory holds the ids' hashes and the rows' places, never the rows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entityNames, type EntityName } from '@rollcall/core';
import { catalogue, type Version } from './catalogue.js';
import { readHeader } from './header.js';
import { RoleJoin } from './join-roles.js';
import { hashKey, type KeyIndex } from './key-index.js';
import type { Limits } from './limits.js';
import { readManifest, type FileMode, type Manifest } from './manifest.js';
import { openPackage, type PackageFiles } from './package-files.js';
import { readRecords } from './read-records.js';
import { References } from './references.js';
import { PackageRefused, type Report } from './report.js';
import { rowWriter, type CsvWireRow } from './row-writer.js';
import { Spool } from './spool.js';

export interface ReadSettings {
  readonly path: string;
  readonly version: Version | 'auto';
  /** Refuse what the standard refuses; files that no roster comes from are checked too. */
  readonly strict: boolean;
  readonly limits: Limits;
}

export interface ReadSurroundings {
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly random: () => number;
}

export interface SpooledCollection {
  readonly spool: Spool;
  readonly index: KeyIndex;
  readonly mode: FileMode;
}

export interface SpooledPackage {
  readonly version: Version;
  readonly collections: Readonly<Record<EntityName, SpooledCollection>>;
  close(): void;
}

/** Throws a Fault, a PackageRefused, or the signal's reason. */
export async function readPackage(settings: ReadSettings, around: ReadSurroundings): Promise<SpooledPackage> {
  const files = await openPackage(settings.path, settings.limits, around.report);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-csv-'));
  try {
    const manifest = await manifestOf(files, settings, around);
    return await new PackageReading(files, manifest, settings, around, folder).all();
  } finally {
    files.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function manifestOf(files: PackageFiles, settings: ReadSettings, around: ReadSurroundings): Promise<Manifest> {
  const packed = files.files.get('manifest');
  const records: string[][] = [];
  if (packed) {
    const source = { file: 'manifest.csv', open: packed.open };
    // A manifest has a row for each file, and few more.
    await readRecords(
      source,
      { ...around, limits: settings.limits },
      (cells) => records.length < 1000 && records.push(cells),
    );
  }
  return readManifest(packed ? records : null, files, settings.version, around.report);
}

class PackageReading {
  readonly #references: References;
  readonly #spools = new Map<string, Spool>();

  constructor(
    private readonly files: PackageFiles,
    private readonly manifest: Manifest,
    private readonly settings: ReadSettings,
    private readonly around: ReadSurroundings,
    private readonly folder: string,
  ) {
    this.#references = new References(hashKey(around.random), manifest.modeOf, around.report);
  }

  async all(): Promise<SpooledPackage> {
    try {
      for (const name of entityNames) await this.#collection(name);
      if (this.settings.strict) await this.#others();
      this.#references.settle();
      const { refusal } = this.around.report;
      if (this.settings.strict && refusal) throw new PackageRefused(refusal);
      return this.#read();
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #read(): SpooledPackage {
    const collections = entityNames.map((name) => {
      const spooled = {
        spool: this.#spools.get(name)!,
        index: this.#references.index(name),
        mode: this.manifest.modeOf(name),
      };
      return [name, spooled] as const;
    });
    // Not by a method of this reading, which holds the ids of all files and is to go.
    const spools = [...this.#spools.values()];
    return {
      version: this.manifest.version,
      collections: Object.fromEntries(collections) as SpooledPackage['collections'],
      close: () => spools.splice(0).forEach((spool) => spool.close()),
    };
  }

  async #collection(name: EntityName): Promise<void> {
    const spool = new Spool(this.folder, name);
    this.#spools.set(name, spool);
    await this.#file(name, (wire) => spool.add(JSON.stringify(wire)));
    if (name === 'users' && this.files.files.has('roles') && this.manifest.version === '1.2') await this.#roles(spool);
  }

  async #roles(users: Spool): Promise<void> {
    const withRoles = new RoleJoin(this.folder, users);
    const index = this.#references.index('users');
    try {
      await this.#file('roles', (wire, row) => {
        const user = typeof wire.user === 'string' ? index.find(wire.user) : -1;
        if (user === -1) this.around.report.add('row.no-user', { file: 'roles.csv', row });
        else if (/^(tobedeleted|inactive)$/i.test(String(wire.status)))
          this.around.report.add('row.role-ended', { file: 'roles.csv', row });
        else withRoles.add(user, wire);
      });
    } catch (error) {
      withRoles.close();
      throw error;
    }
    this.#spools.set('users', withRoles.joined(this.folder));
  }

  /** Files that no roster comes from: read only to see whether the standard would have them. */
  async #others(): Promise<void> {
    for (const name of catalogue[this.manifest.version].keys())
      if (name !== 'roles' && !(entityNames as readonly string[]).includes(name))
        await this.#file(name, () => undefined);
  }

  async #file(name: string, take: (wire: CsvWireRow, row: number) => void): Promise<void> {
    const spec = catalogue[this.manifest.version].get(name);
    const packed = this.files.files.get(name);
    const mode = this.manifest.modeOf(name);
    if (!packed || !spec) return;
    const { report } = this.around;
    const { version } = this.manifest;
    const file = `${name}.csv`;
    const index = this.#references.index(name);
    let wireOf: ReturnType<typeof rowWriter> | null = null;
    await readRecords({ file, open: packed.open }, { ...this.around, limits: this.settings.limits }, (cells, row) => {
      if (wireOf === null) {
        const header = readHeader(cells, spec, version, report);
        wireOf = rowWriter({ file, header, mode, version, report, references: this.#references });
        return;
      }
      const wire = wireOf(cells, row);
      if (typeof wire.sourcedId === 'string' && !index.add(wire.sourcedId, row - 2))
        report.add('row.twice', { file, row });
      take(wire, row);
    });
    if (wireOf === null) report.stop('header.no-key', { file, row: 1 });
  }

  #close(): void {
    for (const spool of this.#spools.values()) spool.close();
    this.#spools.clear();
  }
}
