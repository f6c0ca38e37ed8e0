/**
 * Exports the hub's roster as a OneRoster package: all of it or one school, everything or what has changed since. Nothing is kept in
 * memory or on disk on the way, and a reader that goes away ends the reading.
 */
import type { Writable } from 'node:stream';
import { exportedFiles, writePackage, type ExportedFile } from '@rollcall/connectors';
import type { EntityName } from '@rollcall/core';
import type { Database } from '../../store/database.js';
import { abandonExport, openExport, type OpenExport, type WantedExport } from '../../store/export-roster.js';

export interface ExportSummary {
  readonly mode: 'bulk' | 'delta';
  readonly rows: Readonly<Record<ExportedFile, number>>;
  readonly leftOut: Readonly<Record<EntityName, number>>;
  /** Give it as `since` for what is changed after this export. */
  readonly next: string;
}

/**
 * `begun` is told once it is known that the export can be made, and gives where it goes. Throws a Fault before that, and what broke
 * the writing after it.
 */
export async function exportPackage(
  db: Database,
  wanted: WantedExport,
  begun: (open: OpenExport) => Writable,
): Promise<ExportSummary> {
  const origin = { snapshot: true } as const;
  return db.withTenant(
    wanted.tenantId,
    async (tx) => {
      const open = await openExport(tx, wanted);
      const out = begun(open);
      try {
        await writePackage(open.mode, (file) => open.rowsOf(file), out);
      } catch (error) {
        await abandonExport(tx);
        throw error;
      }
      const rows = Object.fromEntries(exportedFiles.map((file) => [file, open.rowCount(file)]));
      return { mode: open.mode, rows: rows as ExportSummary['rows'], leftOut: open.leftOut, next: open.mark };
    },
    origin,
  );
}
