/** The rows of a hold for people: plain ones by their ids, pairs and candidates with what agrees. */
import type { HeldRow, Hold } from '../../store/holds.js';
import { table } from '../table.js';

export function rowsText(operation: Hold['operation'], rows: readonly HeldRow[]): string {
  if (rows.length === 0) return 'No rows here.';
  if (operation === 'rekey') return pairsText(rows);
  if (operation === 'match') return candidatesText(rows);
  const cells = rows.map((r) => [r.externalId, r.operation, r.absent ? 'absent' : 'asked for', r.localId]);
  return table(['external id', 'operation', 'why', 'local id'], cells);
}

/** A line for each record that has a new id. */
function pairsText(rows: readonly HeldRow[]): string {
  const cells = rows.map((r) => [
    ...[r.formerly, r.externalId, r.name, r.agreement?.score, r.agreement?.rules[0], r.agreement?.differs.join(', ')],
    r.localId,
  ]);
  return table(['formerly', 'new id', 'name', 'score', 'agrees', 'differs', 'local id'], cells);
}

/** A line for each candidate; a new record is named with the first of its own. */
function candidatesText(rows: readonly HeldRow[]): string {
  const cells = rows.flatMap((row) =>
    row.candidates.map((one, place) => [
      ...(place === 0 ? [row.externalId, nameIn(row.after), row.localId] : [null, null, null]),
      ...[one.formerly, one.name, one.score, one.rules[0], one.differs.join(', '), one.localId],
    ]),
  );
  const ours = ['may be', 'name', 'score', 'agrees', 'differs', 'record'];
  return table(['new id', 'name', 'row', ...ours], cells);
}

function nameIn(values: unknown): string | null {
  const { givenName, familyName, title, name } = (values ?? {}) as Readonly<Record<string, unknown>>;
  const words = [givenName, familyName, title, name].filter((word) => typeof word === 'string');
  return words.length > 0 ? words.join(' ') : null;
}
