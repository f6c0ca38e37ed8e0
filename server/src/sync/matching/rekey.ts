/**
 * The re-key assistant: a source that has changed its ids en masse sends as many new records as are gone, of the same people. They
 * are held together as pairs; approving moves the links, so that local ids, history and enrollments stay.
 */
import type { Tx } from '../../store/database.js';
import { activeBySchool, schoolName } from '../../store/sql/judge.js';
import { markRekeyed } from '../../store/sql/match/hold-links.js';
import { rekeyedBySchool } from '../../store/sql/match/verdicts.js';
import type { SqlScope } from '../../store/sql/scope.js';
import type { RunContext } from '../run-context.js';
import { holdMarked, stateOf } from './hold-marked.js';
import type { Matching } from './matching.js';

/** Both must be reached, of a school or of the whole: the rows and the share. An open hold stays, however few are left. */
export async function isRekey(tx: Tx, scope: SqlScope, matching: Matching, pairs: number): Promise<boolean> {
  const { share, rows } = matching.settings.rekey;
  if (pairs === 0) return false;
  if (matching.open.some((hold) => hold.operation === 'rekey')) return true;
  if (pairs < rows) return false;
  if (pairs >= share * matching.feed.presence.activeBefore) return true;
  const active = await activeBySchool(tx, scope);
  const schools = await rekeyedBySchool(tx);
  return schools.some((one) => one.rows >= rows && one.rows >= share * (active.get(one.school) ?? 0));
}

export async function holdRekey(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  matching: Matching,
  pairs: number,
): Promise<void> {
  const schools = await rekeyedBySchool(tx);
  const reason = await reasonOf(tx, scope, schools, pairs);
  const state = stateOf(matching, 'rekey');
  await markRekeyed(tx, scope, state);
  if (state === 'blocked') return;
  const only = schools.length === 1 ? schools[0]!.school : undefined;
  const place =
    only === undefined
      ? ({ scopeKind: 'integration', scopeId: null } as const)
      : ({ scopeKind: only === null ? 'district' : 'school', scopeId: only } as const);
  await holdMarked(tx, context, scope, matching, { operation: 'rekey', ...place, rows: pairs, reason });
}

const schoolsNamed = 5;

async function reasonOf(
  tx: Tx,
  scope: SqlScope,
  schools: readonly { school: string | null; rows: number }[],
  pairs: number,
): Promise<string> {
  const named: string[] = [];
  for (const { school, rows } of schools.slice(0, schoolsNamed))
    named.push(`${await schoolName(tx, scope, school)} ${rows}`);
  const more = schools.length - named.length;
  const where = [named.join(', '), ...(more > 0 ? [`${more} more schools`] : [])].join(' and ');
  return `${pairs} ${scope.entity.name} came with new ids (${where}); approving joins them with the records that they were`;
}
