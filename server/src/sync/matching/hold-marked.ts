/** Opens or renews the hold of the plan rows that were just marked, as the guard does with its own. */
import { openOrRefreshHold, type HoldRefresh } from '../../store/holds.js';
import type { Tx } from '../../store/database.js';
import { assignHold, markedDigest } from '../../store/sql/judge.js';
import type { SqlScope } from '../../store/sql/scope.js';
import { scopeOf, type RunContext } from '../run-context.js';
import type { Matching } from './matching.js';

export type MarkedHold = Pick<HoldRefresh, 'operation' | 'scopeKind' | 'scopeId' | 'rows' | 'reason'>;

/** A run that does not read everything cannot say anew what an open hold is about: its rows wait for it. */
export const stateOf = (
  { whole, open }: Pick<Matching, 'whole' | 'open'>,
  operation: 'match' | 'rekey' | 'reuse',
): 'held' | 'blocked' => (!whole && open.some((hold) => hold.operation === operation) ? 'blocked' : 'held');

export async function holdMarked(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  { holds }: Pick<Matching, 'holds'>,
  marked: MarkedHold,
): Promise<void> {
  if (context.run.mode === 'plan') return assignHold(tx, scope, null);
  const digest = await markedDigest(tx, scope);
  const holdId = await openOrRefreshHold(tx, { ...scopeOf(context), entity: scope.entity.name, digest, ...marked });
  holds.add(holdId);
  await assignHold(tx, scope, holdId);
}
