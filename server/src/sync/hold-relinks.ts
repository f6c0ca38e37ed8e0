/**
 * New records that have a natural key of one that was deactivated wait for a person: creating them would split a person's history in
 * two. Approving the hold creates them as new records all the same. Matching has joined or asked about most of them before: here come
 * those that its rules leave, and all where it is switched off.
 */
import { naturalKeys } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { openOrRefreshHold } from '../store/holds.js';
import type { Judgement } from '../store/limit-judgements.js';
import { assignHold, heldMark, markedDigest } from '../store/sql/judge.js';
import type { SqlScope } from '../store/sql/scope.js';
import { markRelinks } from '../store/sql/tombstones.js';
import { scopeOf, type RunContext } from './run-context.js';

/** What was found, as the guard's other judgements; null when nothing was. Adds the hold to `refreshed`. */
export async function holdRelinks(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  refreshed: Set<string>,
): Promise<Judgement | null> {
  const rows = await markRelinks(tx, scope, heldMark);
  if (rows === 0) return null;
  const entity = scope.entity.name;
  const { waits } = naturalKeys[entity];
  const match = `${rows} new ${entity} have natural keys of records that were deactivated`;
  const why = waits ? `re-link? ${match}` : `${match}; the plan names them`;
  const limit = { ruleId: null, season: null, limitShare: null, limitRows: null };
  const scopeKind = 'integration' as const;
  const judged = {
    operation: 'relink',
    scopeKind,
    scopeId: null,
    rows,
    active: null,
    drained: 0,
    ...limit,
    why,
  } as const;
  if (!waits) return { ...judged, verdict: 'passed' };
  if (context.run.mode === 'plan') await assignHold(tx, scope, null);
  else {
    const digest = await markedDigest(tx, scope);
    const hold = { ...scopeOf(context), entity, operation: 'relink', scopeKind, scopeId: null, digest, rows } as const;
    const holdId = await openOrRefreshHold(tx, { ...hold, reason: `${why}; approving creates them as new records` });
    refreshed.add(holdId);
    await assignHold(tx, scope, holdId);
  }
  return { ...judged, verdict: 'held' };
}
