/** Marks planned links that wait for a person. */
import type { Tx } from '../../database.js';
import { heldMark } from '../judge.js';
import type { SqlScope } from '../scope.js';

export async function markRekeyed(tx: Tx, scope: SqlScope, state: 'held' | 'blocked'): Promise<void> {
  const reason = state === 'held' ? `'it was known as ' || c.former_id` : `'a hold that it falls under is open'`;
  await tx.query(
    `UPDATE sync_changes c SET state = $1, hold_id = $2, reason = ${reason}
     WHERE ${scope.inPlan} AND c.operation = 'link' AND c.state IS NULL
       AND c.local_id IN (SELECT v.local_id FROM match_verdicts v WHERE v.kind IN ('gone', 'unnamed'))`,
    [state, state === 'held' ? heldMark : null],
  );
}
