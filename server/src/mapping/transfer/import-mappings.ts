/**
 * Imports mappings of an integration from CSV or JSON lines, a million rows in bounded memory, in one transaction: all that was asked for
 * is there afterwards, or nothing is. Every row gets an outcome of its own.
 */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database, Tx } from '../../store/database.js';
import {
  closeStage,
  countOutcomes,
  importFaults,
  importLines,
  insertStaged,
  judgeRows,
  openImport,
  outcomesInOrder,
  type ImportedRow,
} from '../../store/mappings/import-stage.js';
import { takeMappingTurn } from '../../store/mappings/mapping-turn.js';
import type { By } from '../by.js';
import { fileFault, rowReader, type TransferFormat } from './read-rows.js';
import { RowLines } from './row-lines.js';
import { TextGate } from './text-gate.js';

export interface ImportWish {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly format: TransferFormat;
  /** With `all-or-nothing` one bad row is enough and nothing is imported. */
  readonly mode: 'all-or-nothing' | 'skip-bad';
  readonly dryRun: boolean;
  /** Which rows are reported one by one. */
  readonly report: 'refused' | 'all';
  readonly mostBytes?: number;
}

export interface ImportResult {
  readonly rows: number;
  readonly created: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Whether the database holds it now. */
  readonly committed: boolean;
  readonly dryRun: boolean;
}

/** More is split by whoever has it: an import holds up the integration's runs. */
export const mostImportBytes = 2 ** 30;

/** `told` gets the report in the order of the rows, before anything is committed. Throws Fault invalid_input, busy. */
export async function importMappings(
  db: Database,
  wish: ImportWish,
  source: Readable,
  by: By,
  told: (rows: readonly ImportedRow[]) => Promise<void> | void,
  stop?: AbortSignal,
): Promise<ImportResult> {
  let result: ImportResult | null = null;
  try {
    await db.withTenant(wish.tenantId, async (tx) => {
      result = await carryOut(tx, wish, source, by, told, stop);
      if (!result.committed) throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw fileFault(error);
  }
  return result!;
}

/** Ends a transaction whose result is known and must not stay. */
class TakenBack extends Error {}

async function carryOut(
  tx: Tx,
  wish: ImportWish,
  source: Readable,
  by: By,
  told: (rows: readonly ImportedRow[]) => Promise<void> | void,
  stop?: AbortSignal,
): Promise<ImportResult> {
  const { tenantId, integrationId, dryRun } = wish;
  await takeMappingTurn(tx, wish, 'all');
  await openImport(tx);
  const { rows, digest } = await stage(tx, wish, source, stop);
  let created = 0;
  for (const entity of await closeStage(tx)) {
    stop?.throwIfAborted();
    await judgeRows(tx, { tenantId, integrationId, entity });
  }
  const outcomes = await countOutcomes(tx);
  const unchanged = outcomes['unchanged'] ?? 0;
  const refused = Object.values(outcomes).reduce((sum, count) => sum + count, 0) - unchanged;
  const committed = !dryRun && (refused === 0 || wish.mode === 'skip-bad');
  if (committed)
    for (const entity of await closeStage(tx)) created += await insertStaged(tx, { tenantId, integrationId, entity });
  else if (dryRun) created = rows - unchanged - refused;
  for await (const page of outcomesInOrder(tx, wish.report === 'all', rows)) await told(page);
  const result = { rows, created, unchanged, refused, outcomes, committed, dryRun };
  const details = { rows, created, unchanged, refused, digest, reason: by.reason };
  if (created > 0 && committed)
    await writeAudit(tx, { tenantId, integrationId, action: 'mapping.imported', actor: by.actor, details });
  return result;
}

/** Rows that can be read go to the stage as they come; the others are told by their numbers. */
async function stage(tx: Tx, wish: ImportWish, source: Readable, stop?: AbortSignal) {
  const gate = new TextGate(wish.mostBytes ?? mostImportBytes);
  const lines = new RowLines();
  const readers = rowReader(wish.format, (row) => lines.take(row));
  const last = readers.at(-1)!;
  lines.sendTo(last);
  await pipeline([source, gate, ...readers, importLines(tx)], { ...(stop ? { signal: stop } : {}) });
  if (lines.faults.length > 0) await pipeline(lines.faults, importFaults(tx));
  if (lines.rows === 0) throw new Fault('invalid_input', 'The file has no rows. Nothing was imported.');
  return { rows: lines.rows, digest: gate.digest() };
}
