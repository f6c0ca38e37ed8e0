/** Gives the rows of a read the values that people have corrected, as long as the source still says what it said then. */
import { createHash } from 'node:crypto';
import type { Entity } from '@rollcall/core';
import { activeCorrections, noteMet, type Correction, type Met } from '../../store/corrections.js';
import type { Tx } from '../../store/database.js';
import { read, scopeOf, type RunContext } from '../run-context.js';

type Row = Readonly<Record<string, unknown>>;

export class CorrectionsMet {
  readonly #met = new Map<string, Met>();

  private constructor(
    private readonly run: { tenantId: string; runId: string },
    private readonly byRecord: ReadonlyMap<string, readonly Correction[]>,
  ) {}

  static async load(context: RunContext, entity: Entity): Promise<CorrectionsMet> {
    const run = scopeOf(context);
    const active = await read(context, (tx) => activeCorrections(tx, { ...run, entity: entity.name }));
    return new CorrectionsMet(
      run,
      Map.groupBy(active, (correction) => correction.externalId),
    );
  }

  /** What a provider needs of it; nothing where there is nothing to correct. */
  get forCall(): { correct?: (row: Row) => Row } {
    return this.byRecord.size === 0 ? {} : { correct: (row) => this.#correct(row) };
  }

  #correct(row: Row): Row {
    const corrections = typeof row.sourcedId === 'string' ? this.byRecord.get(row.sourcedId) : undefined;
    if (!corrections) return row;
    const corrected: Record<string, unknown> = { ...row };
    for (const { id, field, value, sourceDigest: known } of corrections) {
      const sourceDigest = digestOf(row[field]);
      const applied = known === null || known === sourceDigest;
      if (applied) corrected[field] = value;
      this.#met.set(id, { id, sourceDigest, applied });
    }
    return corrected;
  }

  /** Notes what was met, in the transaction that keeps what was read. */
  async settle(tx: Tx): Promise<void> {
    if (this.#met.size > 0) await noteMet(tx, this.run, [...this.#met.values()]);
  }
}

const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('hex');
