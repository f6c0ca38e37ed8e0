/** An id that names another person now is no update of the first one: it waits for a person, with all that refers to it. */
import type { Tx } from '../../store/database.js';
import { listHolds } from '../../store/holds.js';
import { findMatchSettings } from '../../store/match-settings.js';
import { heldMark } from '../../store/sql/judge.js';
import { markReused } from '../../store/sql/match/reused.js';
import type { SqlScope } from '../../store/sql/scope.js';
import type { RunContext } from '../run-context.js';
import { holdMarked, stateOf } from './hold-marked.js';

/** `whole`: whether the read names everything there is. Adds the hold to `holds`. */
export async function holdReused(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  { whole, holds }: { whole: boolean; holds: Set<string> },
): Promise<void> {
  if (scope.entity.name !== 'users') return;
  const { tenantId, integrationId } = context.run;
  const { settings } = await findMatchSettings(tx, { tenantId, integrationId });
  if (!settings.on) return;
  const open = await listHolds(tx, tenantId, { integrationId, entity: 'users', state: 'open' });
  const state = stateOf({ whole, open }, 'reuse');
  const rows = await markReused(tx, scope, { state, holdId: state === 'held' ? heldMark : null });
  if (rows === 0 || state === 'blocked') return;
  const reason = `reused id? ${rows} ids of users name somebody else now; approving takes it for the same person under another name`;
  const place = { operation: 'reuse', scopeKind: 'integration', scopeId: null } as const;
  await holdMarked(tx, context, scope, { holds }, { ...place, rows, reason });
}
