/**
 * Which staged rows cannot be planned: those whose required references lead nowhere or to a record that is itself kept out.
 * They are gathered in the temporary table kept_out; the rejected ones also in the stage's rejects.
 */
import type { Entity, Field, RejectCode } from '@rollcall/core';
import type { Tx } from '../database.js';
import { hasStage, stageColumn, stageTable } from '../stage.js';
import { entityNamed } from '@rollcall/core';
import { fieldsOfKind, known, type RunScope, type SqlScope } from './scope.js';

export interface KeptOut {
  readonly rejected: number;
  readonly blocked: number;
}

export async function openKeptOut(tx: Tx): Promise<void> {
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS kept_out (n bigint, external_id text COLLATE "C", field text, code text, message text,
      blocked boolean, declined boolean NOT NULL DEFAULT false) ON COMMIT DELETE ROWS; TRUNCATE kept_out`,
  );
}

/**
 * Changes that a person has declined are not planned while the source keeps sending them, nor is anything of a record that a person has
 * unlinked, or of which only a translation is left. How many.
 */
export async function keepOutDeclined(tx: Tx, scope: SqlScope): Promise<number> {
  const { rowCount } = await tx.query(
    `INSERT INTO kept_out (n, external_id, blocked, declined) SELECT s.n, s.external_id, false, true FROM ${scope.full} s
     JOIN declined_changes d ON d.tenant_id = ${scope.tenant} AND d.integration_id = ${scope.integration}
       AND d.entity = '${scope.entity.name}' AND d.external_id = s.external_id AND d.checksum = s.checksum
     UNION SELECT s.n, s.external_id, false, true FROM ${scope.full} s JOIN external_system_mappings l ON ${scope.inLinks}
       AND l.external_id = s.external_id AND l.state IN ('unlinked', 'merged')`,
  );
  return rowCount ?? 0;
}

/** Rows found to be in a reference cycle. `externalIds` are the records to keep out. */
export async function keepOutCycles(
  tx: Tx,
  scope: SqlScope,
  field: Field,
  externalIds: readonly string[],
): Promise<void> {
  await keepOut(tx, 'reference_cycle', field.name, `${field.name} leads back to the record itself`, [
    `SELECT s.n, s.external_id FROM ${scope.full} s WHERE s.external_id = ANY ($1)`,
    [externalIds],
  ]);
}

async function keepOut(
  tx: Tx,
  code: RejectCode,
  field: string,
  message: string,
  [select, params]: [string, unknown[]],
): Promise<void> {
  const next = params.length;
  await tx.query(
    `INSERT INTO kept_out (n, external_id, field, code, message, blocked) SELECT x.n, x.external_id, $${next + 1}, $${next + 2}, $${next + 3}, false FROM (${select}) x`,
    [...params, field, code, message],
  );
}

/**
 * Finds required references of the given kinds without a target. A target that is kept out itself, or not read for sure, blocks;
 * none rejects.
 */
export async function keepOutUnresolved(
  tx: Tx,
  run: RunScope,
  scope: SqlScope,
  incomplete: ReadonlySet<string>,
  ...kinds: ('reference' | 'roles')[]
): Promise<void> {
  for (const field of fieldsOfKind(scope.entity, ...kinds).filter((f) => f.required)) {
    const target = entityNamed(field.target!);
    const rejects = await rejectsOf(tx, run.stageRunId ?? run.runId, target);
    const wanted =
      field.kind === 'reference'
        ? `SELECT s.n, s.external_id, s.${stageColumn(field)} AS target FROM ${scope.full} s
           WHERE NOT s.ended AND s.${stageColumn(field)} IS NOT NULL`
        : `SELECT s.n, s.external_id, x.role->>'org' AS target
           FROM ${scope.full} s CROSS JOIN jsonb_array_elements(s.${stageColumn(field)}) x(role) WHERE NOT s.ended`;
    await tx.query(
      `INSERT INTO kept_out (n, external_id, field, code, message, blocked)
       SELECT DISTINCT ON (w.n) w.n, w.external_id, $1, 'dangling_reference', $1 || ' refers to a record that the source does not list',
         $2 OR b.external_id IS NOT NULL
       FROM (${wanted}) w
       LEFT JOIN (SELECT external_id FROM ${rejects} UNION SELECT external_id FROM sync_changes c
         WHERE c.tenant_id = ${scope.tenant} AND c.run_id = ${scope.run} AND c.entity = '${target.name}'
           AND c.state IN ('held', 'blocked')
         UNION SELECT d.external_id FROM declined_changes d WHERE d.tenant_id = ${scope.tenant}
           AND d.integration_id = ${scope.integration} AND d.entity = '${target.name}'
         UNION SELECT l.external_id FROM external_system_mappings l WHERE l.tenant_id = ${scope.tenant}
           AND l.integration_id = ${scope.integration} AND l.entity = '${target.name}' AND l.state = 'unlinked') b ON b.external_id = w.target
       WHERE NOT EXISTS (SELECT FROM ${known(scope, target.name, 'planning')} k WHERE k.external_id = w.target)
       ORDER BY w.n, b.external_id NULLS FIRST`,
      [field.name, incomplete.has(target.name)],
    );
  }
}

/** What of the target was rejected; nothing where the run staged nothing of it. */
const rejectsOf = async (tx: Tx, runId: string, target: Entity): Promise<string> =>
  (await hasStage(tx, runId, target))
    ? stageTable(runId, target, 'rejects')
    : '(SELECT NULL::text AS external_id WHERE false) none';

/** Writes what was found: rejects to the stage, blocked rows to the plan, where they wait for what they need. */
export async function recordKeptOut(tx: Tx, scope: SqlScope): Promise<KeptOut> {
  const { rows } = await tx.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM kept_out) AS any');
  if (!rows[0]!.any) return { rejected: 0, blocked: 0 };
  await tx.query(
    `DELETE FROM kept_out o WHERE NOT o.declined AND EXISTS (SELECT FROM kept_out p WHERE p.n = o.n
       AND (p.declined OR (p.blocked, p.field) < (o.blocked, o.field)))`,
  );
  const rejected = await tx.query(
    `INSERT INTO ${scope.rejects} (n, page, external_id, code, field, message)
     SELECT o.n, s.page, o.external_id, o.code, o.field, o.message FROM kept_out o JOIN ${scope.full} s USING (n)
     WHERE NOT o.blocked AND NOT o.declined`,
  );
  const blocked = await tx.query(
    `INSERT INTO sync_changes (tenant_id, run_id, entity, local_id, external_id, operation, state, checksum, stage_row, reason)
     SELECT ${scope.tenant}, ${scope.run}, '${scope.entity.name}', coalesce(l.local_id, uuidv7()), o.external_id,
       CASE WHEN l.local_id IS NULL THEN 'create' ELSE 'update' END, 'blocked', s.checksum, o.n, o.field || ' waits for the record it refers to'
     FROM kept_out o JOIN ${scope.full} s USING (n)
     LEFT JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = o.external_id WHERE o.blocked`,
  );
  return { rejected: rejected.rowCount ?? 0, blocked: blocked.rowCount ?? 0 };
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * References among records of the entity itself that could close a cycle, as external ids: what was staged, and the hub's rows
 * that were not. Only edges to a record that itself refers on can be part of one.
 */
export async function selfEdges(tx: Tx, scope: SqlScope, field: Field): Promise<Edge[]> {
  const column = stageColumn(field);
  const many = field.kind === 'references';
  const staged = many
    ? `SELECT s.external_id AS "from", x.id AS "to" FROM ${scope.full} s CROSS JOIN unnest(s.${column}) x(id) WHERE NOT s.ended`
    : `SELECT s.external_id AS "from", s.${column} AS "to" FROM ${scope.full} s WHERE NOT s.ended AND s.${column} IS NOT NULL`;
  const refersOn = many ? `h.${field.column} <> '{}'` : `h.${field.column} IS NOT NULL`;
  const { rows: first } = await tx.query<{ any: boolean }>(
    `WITH staged AS MATERIALIZED (${staged})
     SELECT EXISTS (SELECT FROM staged e JOIN staged o ON o."from" = e."to")
       OR EXISTS (SELECT FROM staged e JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = e."to"
         JOIN ${scope.entity.table} h ON h.tenant_id = l.tenant_id AND h.id = l.local_id AND ${refersOn}) AS any`,
  );
  if (!first[0]!.any) return [];
  const stored = many
    ? `SELECT h.id, x.id AS target FROM ${scope.entity.table} h CROSS JOIN unnest(h.${field.column}) x(id) WHERE h.tenant_id = ${scope.tenant}`
    : `SELECT h.id, h.${field.column} AS target FROM ${scope.entity.table} h WHERE h.tenant_id = ${scope.tenant} AND h.${field.column} IS NOT NULL`;
  const { rows } = await tx.query<Edge>(
    `WITH edges AS MATERIALIZED (${staged} UNION
       SELECT l.external_id, m.external_id FROM (${stored}) e
       JOIN external_system_mappings l ON ${scope.inLinks} AND l.local_id = e.id
       JOIN external_system_mappings m ON m.tenant_id = l.tenant_id AND m.integration_id = l.integration_id
         AND m.entity = l.entity AND m.local_id = e.target
       WHERE NOT EXISTS (SELECT FROM ${scope.full} s WHERE s.external_id = l.external_id))
     SELECT e."from", e."to" FROM edges e WHERE EXISTS (SELECT FROM edges o WHERE o."from" = e."to")`,
  );
  return rows;
}
