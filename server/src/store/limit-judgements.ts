/** What the guard judged in a run, measure by measure, with the limit that decided as it was then. Written with the plan. */
import type { EntityName, Operation, Season } from '@rollcall/core';
import type { Tx } from './database.js';

export type Verdict = 'passed' | 'held' | 'exempt';

export interface Judgement {
  readonly operation: Operation | 'relink';
  readonly scopeKind: 'school' | 'district' | 'integration';
  /** The school. */
  readonly scopeId: string | null;
  readonly rows: number;
  /** Before the drain began. Null where the rows were too few for any limit, so that nothing was counted. */
  readonly active: number | null;
  /** Removals of the last seven days that counted too. */
  readonly drained: number;
  /** Null is the default limit. */
  readonly ruleId: string | null;
  readonly season: Season | null;
  /** Null where no limit was asked. */
  readonly limitShare: number | null;
  readonly limitRows: number | null;
  readonly verdict: Verdict;
  readonly why: string;
}

interface Phase {
  readonly tenantId: string;
  readonly runId: string;
  readonly entity: EntityName;
}

/** Puts the judgements of an entity in place of those that an earlier attempt at its plan left. */
export async function writeJudgements(tx: Tx, phase: Phase, judgements: readonly Judgement[]): Promise<void> {
  await tx.query('DELETE FROM limit_judgements WHERE tenant_id = $1 AND run_id = $2 AND entity = $3', [
    ...[phase.tenantId, phase.runId, phase.entity],
  ]);
  if (judgements.length === 0) return;
  await tx.query(
    `INSERT INTO limit_judgements (tenant_id, run_id, entity, operation, scope_kind, scope_id, row_count, active, drained, rule_id,
       season, limit_share, limit_rows, verdict, why)
     SELECT $1, $2, $3, j.operation, j."scopeKind", j."scopeId", j.rows, j.active, j.drained, j."ruleId", j.season, j."limitShare",
       j."limitRows", j.verdict, j.why
     FROM json_to_recordset($4) j(operation text, "scopeKind" text, "scopeId" uuid, rows integer, active integer, drained integer,
       "ruleId" uuid, season text, "limitShare" float8, "limitRows" integer, verdict text, why text)`,
    [phase.tenantId, phase.runId, phase.entity, JSON.stringify(judgements)],
  );
}

export interface ShownJudgement extends Judgement {
  readonly id: string;
  readonly entity: EntityName;
  /** The school's name, `district`, or `integration`. */
  readonly scope: string;
  /** Who set the rule, and why. */
  readonly ruleBy: string | null;
  readonly ruleReason: string | null;
}

/** Held ones first, then in the order of the plan. */
export async function listJudgements(
  tx: Tx,
  run: { tenantId: string; runId: string },
  filter: { verdict?: Verdict; limit: number; offset: number },
): Promise<ShownJudgement[]> {
  const { rows } = await tx.query<ShownJudgement>(
    `SELECT j.id, j.entity, j.operation, j.scope_kind AS "scopeKind", j.scope_id AS "scopeId", coalesce(o.name, j.scope_kind) AS scope,
       j.row_count AS rows, j.active, j.drained, j.rule_id AS "ruleId", l.created_by AS "ruleBy", l.reason AS "ruleReason", j.season,
       j.limit_share AS "limitShare", j.limit_rows AS "limitRows", j.verdict, j.why
     FROM limit_judgements j LEFT JOIN orgs o ON o.tenant_id = j.tenant_id AND o.id = j.scope_id
     LEFT JOIN limit_rules l ON l.tenant_id = j.tenant_id AND l.id = j.rule_id
     WHERE j.tenant_id = $1 AND j.run_id = $2 AND ($3::text IS NULL OR j.verdict = $3)
     ORDER BY j.verdict <> 'held', j.id LIMIT $4 OFFSET $5`,
    [run.tenantId, run.runId, filter.verdict ?? null, filter.limit, filter.offset],
  );
  return rows;
}
