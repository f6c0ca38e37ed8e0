/** Says for a run which limit decided what, and why: the judgements as they were made, never as they would be made today. */
import type { Tx } from '../../store/database.js';
import { listJudgements, type ShownJudgement, type Verdict } from '../../store/limit-judgements.js';
import { findRun } from '../../store/runs.js';

export interface Explained extends ShownJudgement {
  /** Of the rows that were active, the drain included; null where nothing was counted. */
  readonly share: number | null;
  /** Where the limit comes from. */
  readonly from: string;
}

/** Held ones first. Empty for a run that carries out a decision: a person was asked, and no limit. Throws Fault not_found. */
export async function explainLimits(
  tx: Tx,
  run: { tenantId: string; runId: string },
  filter: { verdict?: Verdict; limit: number; offset: number },
): Promise<Explained[]> {
  await findRun(tx, run.tenantId, run.runId);
  const judgements = await listJudgements(tx, run, filter);
  return judgements.map((judgement) => ({ ...judgement, share: shareOf(judgement), from: sourceOf(judgement) }));
}

function shareOf({ rows, active, drained }: ShownJudgement): number | null {
  if (active === null) return null;
  return active === 0 ? 1 : Math.min(1, (rows + drained) / active);
}

function sourceOf({ operation, verdict, ruleId, season, ruleBy, ruleReason, entity }: ShownJudgement): string {
  if (operation === 'relink') return 'tombstones';
  if (verdict === 'exempt') return 'the first complete read is exempt';
  if (ruleId === null) return `the default for ${entity}`;
  const during = season === null ? '' : ` for ${season}`;
  return `the rule ${ruleId}${during} by ${ruleBy}: ${ruleReason}`;
}
