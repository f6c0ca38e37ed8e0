/**
 * What a person sees beside the rows of a hold that are about identity: the names of the records of ours that are meant. Like all
 * values of a hold they are for who may read it, and never stand in the plan itself.
 */
import { entityNamed, type EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

export interface Agreement {
  readonly score: number;
  /** The rules that agree, the best first. */
  readonly rules: readonly string[];
  /** Telling fields that differ. */
  readonly differs: readonly string[];
}

export interface Candidate extends Agreement {
  readonly localId: string;
  /** Its id in this integration; null where only others have it. */
  readonly formerly: string | null;
  /** Null where the record has none. */
  readonly name: string | null;
}

/** As it stands in the plan: of a link the agreement, of a new record its candidates, the best first. */
export type StoredEvidence = Partial<Agreement> & {
  readonly candidates?: readonly Omit<Candidate, 'name'>[];
  readonly chosen?: string;
  readonly asNew?: boolean;
};

export interface Evidence {
  readonly agreement: Agreement | null;
  readonly candidates: readonly Candidate[];
}

export function evidenceOf(stored: StoredEvidence | null, names: ReadonlyMap<string, string>): Evidence {
  const { score, rules, differs, candidates = [] } = stored ?? {};
  return {
    agreement: score === undefined ? null : { score, rules: rules ?? [], differs: differs ?? [] },
    candidates: candidates.map((one) => ({ ...one, name: names.get(one.localId) ?? null })),
  };
}

/** Of the records of ours, by local id. Enrollments have no names. */
export async function namesOf(tx: Tx, of: { tenantId: string; entity: EntityName; ids: readonly string[] }) {
  const entity = entityNamed(of.entity);
  const has = (name: string) => entity.fields.some((field) => field.name === name);
  const name = has('givenName')
    ? `given_name || ' ' || family_name`
    : has('title')
      ? 'title'
      : has('name')
        ? 'name'
        : null;
  if (name === null || of.ids.length === 0) return new Map<string, string>();
  const { rows } = await tx.query<{ id: string; name: string }>(
    `SELECT id, ${name} AS name FROM ${entity.table} WHERE tenant_id = $1 AND id = ANY ($2)`,
    [of.tenantId, of.ids],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
