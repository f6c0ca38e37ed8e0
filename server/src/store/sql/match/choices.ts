/** What a person chose for held rows, kept with the rows themselves, and what follows from it in the run that carries it out. */
import type { Tx } from '../../database.js';
import type { Hold } from '../../holds.js';
import { insertCreates } from '../plan-changes.js';
import type { SqlScope } from '../scope.js';
import { turnIntoLinks } from './link-rows.js';
import { openVerdicts } from './verdicts.js';

export interface HeldSelection {
  readonly tenantId: string;
  readonly hold: Hold;
  /** Local ids, or null for all of the hold. */
  readonly rows: readonly string[] | null;
}

const selected = `c.tenant_id = $1 AND c.run_id = $2 AND c.entity = $3 AND c.hold_id = $4 AND c.state = 'held'
  AND ($5::uuid[] IS NULL OR c.local_id = ANY ($5))`;

const keyOf = ({ tenantId, hold, rows }: HeldSelection): unknown[] => [
  ...[tenantId, hold.lastRunId, hold.entity, hold.id, rows],
];

/** The candidate that is named, else the only one. How many rows have one now, and how many of the names were good. */
export async function chooseCandidates(
  tx: Tx,
  held: HeldSelection,
  links: Readonly<Record<string, string>>,
): Promise<{ rows: number; known: number }> {
  const { rows } = await tx.query<{ rows: number; known: number }>(
    `WITH chosen AS (
       UPDATE sync_changes c SET evidence = c.evidence - 'asNew' || jsonb_build_object('chosen',
         coalesce($6::jsonb->(c.local_id::text), c.evidence->'candidates'->0->'localId'))
       WHERE ${selected} AND CASE WHEN $6::jsonb ? c.local_id::text
         THEN c.evidence->'candidates' @> jsonb_build_array(jsonb_build_object('localId', $6::jsonb->(c.local_id::text)))
         ELSE jsonb_array_length(c.evidence->'candidates') = 1 END
       RETURNING $6::jsonb ? c.local_id::text AS named)
     SELECT count(*) AS rows, count(*) FILTER (WHERE named) AS known FROM chosen`,
    [...keyOf(held), JSON.stringify(links)],
  );
  return rows[0]!;
}

export async function chooseNew(tx: Tx, held: HeldSelection): Promise<void> {
  await tx.query(
    `UPDATE sync_changes c SET evidence = c.evidence - 'chosen' || '{"asNew": true}' WHERE ${selected}`,
    keyOf(held),
  );
}

/** Records that more than one of the selected rows would be joined with. */
export async function sharedChoices(tx: Tx, held: HeldSelection): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*) FROM (SELECT c.evidence->>'chosen' FROM sync_changes c WHERE ${selected} AND c.evidence ? 'chosen'
       GROUP BY 1 HAVING count(*) > 1) x`,
    keyOf(held),
  );
  return rows[0]!.count;
}

/** In the plan of the run that carries an approval out: rows with a chosen record become links, links that are none become creates. */
export async function carryOutChoices(tx: Tx, scope: SqlScope): Promise<void> {
  await openVerdicts(tx);
  const { rowCount } = await tx.query(
    `INSERT INTO match_verdicts SELECT c.local_id, (c.evidence->>'chosen')::uuid, x.candidate->>'formerly', 'chosen', NULL, true,
       x.candidate - '{localId,formerly}'::text[]
     FROM sync_changes c CROSS JOIN LATERAL (SELECT e.candidate FROM jsonb_array_elements(c.evidence->'candidates') e(candidate)
       WHERE e.candidate->'localId' = c.evidence->'chosen' LIMIT 1) x
     WHERE ${scope.inPlan} AND c.operation = 'create' AND c.evidence ? 'chosen'`,
  );
  if ((rowCount ?? 0) > 0) await turnIntoLinks(tx, scope);
  const { rows } = await tx.query<{ external_id: string }>(
    `DELETE FROM sync_changes c WHERE ${scope.inPlan} AND c.operation = 'link' AND c.evidence ? 'asNew' RETURNING c.external_id`,
  );
  if (rows.length > 0)
    await insertCreates(tx, scope, 'applying', 's.external_id = ANY ($1)', [rows.map((row) => row.external_id)]);
}
