/** The work list: new records that may be one of ours, or one of several. A person says which, or that they are new. */
import type { Tx } from '../../store/database.js';
import { heldMark } from '../../store/sql/judge.js';
import { shownOf } from '../../store/sql/match/shown.js';
import { askAbout } from '../../store/sql/match/verdicts.js';
import type { SqlScope } from '../../store/sql/scope.js';
import type { RunContext } from '../run-context.js';
import { holdMarked, stateOf } from './hold-marked.js';
import type { Matching } from './matching.js';

export async function askPeople(tx: Tx, context: RunContext, scope: SqlScope, matching: Matching): Promise<void> {
  const state = stateOf(matching, 'match');
  const rows = await askAbout(tx, scope, {
    state,
    holdId: state === 'held' ? heldMark : null,
    reason: state === 'held' ? 'it may be a record that we have' : 'a hold that it falls under is open',
    shown: shownOf(scope),
  });
  if (rows === 0 || state === 'blocked') return;
  const reason = `${rows} new ${scope.entity.name} may be records that we have; say which, or that they are new`;
  await holdMarked(tx, context, scope, matching, {
    ...({ operation: 'match', scopeKind: 'integration', scopeId: null } as const),
    ...{ rows, reason },
  });
}
