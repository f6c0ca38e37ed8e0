/** Whether the database has the schema that this version of Rollcall was written for: all of its migrations, and no later one. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from './database.js';

export interface SchemaVersion {
  /** Migrations that the database still lacks. */
  readonly missing: readonly string[];
  /** Migrations of a later version of Rollcall. */
  readonly unknown: readonly string[];
}

export async function schemaVersion(db: Database): Promise<SchemaVersion> {
  const ours = (await readdir(join(import.meta.dirname, 'migrations')))
    .map((file) => file.replace(/\.sql$/, ''))
    .sort();
  const applied = await db.withoutTenant(async (tx) => {
    const { rows } = await tx.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name');
    return rows.map((row) => row.name);
  });
  return {
    missing: ours.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !ours.includes(name)),
  };
}
