/**
 * Exports the hub's roster as a OneRoster package: all of it or one school, everything or what has changed since. Nothing is kept in
 * memory or on disk on the way, and a reader that goes away ends the reading.
 */
import type { Writable } from 'node:stream';
import { exportedFiles, writePackage, type ExportedFile } from '@rollcall/connectors';
import type { EntityName } from '@rollcall/core';
import { writeAudit, type AuditEntry } from '../../store/audit.js';
import type { Database, Tx } from '../../store/database.js';
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
 * the writing after it. Either way the audit says that people's records went out, and how many.
 */
export async function exportPackage(
  db: Database,
  wanted: WantedExport & { readonly actor: string },
  begun: (open: OpenExport) => Writable,
): Promise<ExportSummary> {
  let mode: OpenExport['mode'] | null = null;
  const work = async (tx: Tx): Promise<ExportSummary> => {
    const open = await openExport(tx, wanted);
    const out = begun(open);
    mode = open.mode;
    await writePackage(open.mode, (file) => open.rowsOf(file), out).catch(async (error: unknown) => {
      await abandonExport(tx);
      throw error;
    });
    const counts = Object.fromEntries(exportedFiles.map((file) => [file, open.rowCount(file)]));
    const rows = counts as ExportSummary['rows'];
    await writeAudit(tx, entryOf(wanted, 'roster.exported', { mode, rows }));
    return { mode: open.mode, rows, leftOut: open.leftOut, next: open.mark };
  };
  try {
    return await db.withTenant(wanted.tenantId, work, { snapshot: true });
  } catch (error) {
    // Part of it may have been read.
    if (mode !== null) {
      const entry = entryOf(wanted, 'roster.export-broken', { mode });
      await db.withTenant(wanted.tenantId, (tx) => writeAudit(tx, entry));
    }
    throw error;
  }
}

const entryOf = (
  { tenantId, actor, school, since }: WantedExport & { readonly actor: string },
  action: string,
  details: object,
): AuditEntry => ({ tenantId, action, actor, details: { ...details, school: school ?? null, since: since ?? null } });
