/**
 * Updates that would make one person of two: the id of somebody whom we know names somebody else now. Both names and everything
 * else that tells people apart have changed.
 */
import { entityNamed } from '@rollcall/core';
import type { Tx } from '../../database.js';
import { stageColumn } from '../../stage.js';
import { fieldsOfKind, type SqlScope } from '../scope.js';
import { spelled } from './spelling.js';

/** What else tells people apart; where none of it was there before and is there now, nothing is proven. */
const telling = [
  ['userMasterIdentifier', 'user_master_identifier'],
  ['identifier', 'identifier'],
  ['email', 'email'],
] as const;

/** Marks such rows of the plan with `state` and `holdId`. How many. */
export async function markReused(
  tx: Tx,
  scope: SqlScope,
  mark: { state: 'held' | 'blocked'; holdId: string | null },
): Promise<number> {
  // What this source said of the person and says now; the hub may have it from another one.
  const was = (name: string, column: string) =>
    `CASE WHEN c.diff_before ? '${name}' THEN c.diff_before->>'${name}' ELSE h.${column} END`;
  const says = (name: string, column: string) => `CASE WHEN c.diff_after ? '${name}' THEN c.diff_after->>'${name}'
      WHEN c.after ? '${name}' THEN c.after->>'${name}' ELSE h.${column} END`;
  const moved = (name: string, column: string) =>
    `${spelled('name', was(name, column))} IS DISTINCT FROM ${spelled('name', says(name, column))}`;
  const both = (name: string, column: string) =>
    `(${was(name, column)} IS NOT NULL AND ${says(name, column)} IS NOT NULL)`;
  const same = telling.map(([name, column]) => `(${was(name, column)} = ${says(name, column)})`);
  const { rowCount } = await tx.query(
    `UPDATE sync_changes c SET state = $1, hold_id = $2, reason = 'reused id: it names another person now', evidence = '{"reused": true}'
     FROM users h WHERE ${scope.inPlan} AND c.state IS NULL AND c.operation IN ('update', 'reactivate')
       AND (c.after || coalesce(c.diff_after, '{}')) ?& ARRAY['givenName', 'familyName'] AND h.tenant_id = c.tenant_id AND h.id = c.local_id
       AND ${moved('givenName', 'given_name')} AND ${moved('familyName', 'family_name')}
       AND (${same.join(' OR ')}) IS NOT TRUE AND (${telling.map(([name, column]) => both(name, column)).join(' OR ')})`,
    [mark.state, mark.holdId],
  );
  return rowCount ?? 0;
}

/** What refers to such a person waits: it may be the other one's. Needs the table kept_out. */
export async function keepOutReused(tx: Tx, scope: SqlScope): Promise<void> {
  const fields = fieldsOfKind(scope.entity, 'reference').filter((field) => field.required && field.target === 'users');
  if (fields.length === 0) return;
  const { rows } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM holds d WHERE d.tenant_id = ${scope.tenant} AND d.integration_id = ${scope.integration}
       AND d.entity = '${entityNamed('users').name}' AND d.operation = 'reuse' AND d.state = 'open') AS any`,
  );
  if (!rows[0]!.any) return;
  for (const field of fields)
    await tx.query(
      `INSERT INTO kept_out (n, external_id, field, code, message, blocked)
       SELECT s.n, s.external_id, $1, 'dangling_reference', $1 || ' names a person whose id may have been given to another', true
       FROM ${scope.full} s JOIN sync_changes c ON c.tenant_id = ${scope.tenant} AND c.run_id = ${scope.run} AND c.entity = 'users'
         AND c.external_id = s.${stageColumn(field)} AND c.state IN ('held', 'blocked') AND c.evidence ? 'reused'
       WHERE NOT s.ended AND NOT EXISTS (SELECT FROM kept_out o WHERE o.n = s.n)`,
      [field.name],
    );
}
