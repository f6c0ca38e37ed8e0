/** Writes records as OneRoster's JSON inside PostgreSQL, so that a page is handed on as one text, whatever it holds. */
import type { EntityName } from '@rollcall/core';
import { entityNamed } from '@rollcall/core';
import type { Tx } from '../database.js';
import { narrowings, type Narrowing } from './narrowing.js';
import { placesInList, type StoredList } from './lists.js';
import type { ShownField } from './shown-field.js';
import { shownEntities } from './shown-entities.js';
import { seenIn, type Seen, type Sight } from './sight.js';
import { SqlValues } from './sql-values.js';
import { isVisible } from './visible.js';

export interface Shown {
  readonly entity: EntityName;
  readonly fields: readonly ShownField[];
  /** The address that references begin with. */
  readonly base: string;
}

export type Page = { readonly ids: readonly string[] } | { readonly list: StoredList; offset: number; limit: number };

/** The page's records as the inside of a JSON list, in its order. */
export async function readRecords(tx: Tx, sight: Sight, shown: Shown, page: Page): Promise<string> {
  const values = new SqlValues();
  const seen = seenIn(values, sight, shown.base);
  const places =
    'list' in page
      ? placesInList(values, page.list, page)
      : `SELECT x.id, x.n FROM unnest(${values.add(page.ids, 'uuid[]')}) WITH ORDINALITY x(id, n)`;
  const { entity } = shown;
  // Aggregated in the list's order: the places come sorted, and few rows are sorted twice.
  const { rows } = await tx.query<{ records: string | null }>(
    `SELECT string_agg(${recordJson(shown.fields, seen)}, ',' ORDER BY p.n) AS records
     FROM (${places}) p JOIN ${entityNamed(entity).table} t ON t.tenant_id = ${seen.tenant} AND t.id = p.id ${shownEntities[entity].joins(seen)}
     WHERE ${isVisible(entity, seen)}`,
    values.list,
  );
  return rows[0]?.records ?? '';
}

/** One record as JSON, or null where this client sees none of that id. */
export async function readRecord(
  tx: Tx,
  sight: Sight,
  shown: Shown,
  which: { id: string; narrowing: Narrowing | null },
): Promise<string | null> {
  const values = new SqlValues();
  const seen = seenIn(values, sight, shown.base);
  const { rows } = await tx.query<{ record: string }>(
    `SELECT ${recordJson(shown.fields, seen)} AS record ${oneSql(values, seen, shown.entity, which)}`,
    values.list,
  );
  return rows[0]?.record ?? null;
}

/** Whether the client sees such a record. */
export async function hasRecord(
  tx: Tx,
  sight: Sight,
  which: { entity: EntityName; id: string; narrowing: Narrowing | null; school?: string | undefined },
): Promise<boolean> {
  const values = new SqlValues();
  const seen = seenIn(values, sight);
  const school = which.school ? ` AND t.school_id = ${values.add(which.school, 'uuid')}` : '';
  const { rowCount } = await tx.query(`SELECT ${oneSql(values, seen, which.entity, which)}${school}`, values.list);
  return (rowCount ?? 0) > 0;
}

function oneSql(
  values: SqlValues,
  seen: Seen,
  entity: EntityName,
  { id, narrowing }: { id: string; narrowing: Narrowing | null },
): string {
  const narrow = narrowing ? ` AND ${narrowings[narrowing](seen, [])}` : '';
  return `FROM ${entityNamed(entity).table} t ${shownEntities[entity].joins(seen)}
    WHERE t.tenant_id = ${seen.tenant} AND t.id = ${values.add(id, 'uuid')} AND ${isVisible(entity, seen)}${narrow}`;
}

/** Names are ours and need no escaping; a value that is null takes its name with it. */
function recordJson(fields: readonly ShownField[], seen: Seen): string {
  const members = fields.map((field) => `',"${field.name}":' || ${field.json(seen)}`);
  return `concat('{', substr(concat(${members.map((member) => `(${member})`).join(', ')}), 2), '}')`;
}
