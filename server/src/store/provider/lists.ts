/**
 * The lists that clients page through. A collection is put in order once, and the order is kept while its client pages: any page
 * costs what the first does, and nothing is lost or doubled while the roster changes. A new pass gets a new list where anything
 * of the roster has changed since.
 */
import type { EntityName } from '@rollcall/core';
import { entityNamed } from '@rollcall/core';
import type { Tx } from '../database.js';
import { filterSql, sortSql, type Filter, type Sort } from './conditions.js';
import { narrowings, type Narrowing } from './narrowing.js';
import { shownEntities } from './shown-entities.js';
import { seenIn, type Sight } from './sight.js';
import { SqlValues } from './sql-values.js';
import { areVisible } from './visible.js';

export interface ListQuestion {
  readonly entity: EntityName;
  readonly narrowing: Narrowing | null;
  /** The ids in the address. */
  readonly ids: readonly string[];
  readonly filter: Filter | null;
  readonly sort: Sort | null;
}

export interface StoredList {
  readonly id: string;
  readonly total: number;
}

const partSize = 1000;
/** How long a pass may take. Longer, and it goes on with the order of then. */
const keptFor = '1 hour';
const mostLists = 20;

/** The client's list for the question, if there is one; nobody drops it while it is read. `fresh` says whether the roster is as it was when it was made. */
export async function findList(
  tx: Tx,
  { tenantId, clientId }: Sight,
  question: Buffer,
): Promise<(StoredList & { fresh: boolean }) | null> {
  const { rows } = await tx.query<StoredList & { fresh: boolean }>(
    `SELECT l.id, l.total, NOT EXISTS (SELECT FROM change_log g WHERE g.tenant_id = l.tenant_id
       AND g.xid >= pg_snapshot_xmin(l.seen::pg_snapshot) AND NOT pg_visible_in_snapshot(g.xid, l.seen::pg_snapshot)) AS fresh
     FROM provider_lists l WHERE l.tenant_id = $1 AND l.client_id = $2 AND l.question = $3
       AND l.made_at > now() - interval '${keptFor}' ORDER BY l.made_at DESC LIMIT 1 FOR KEY SHARE`,
    [tenantId, clientId, question],
  );
  return rows[0] ?? null;
}

/** Puts the answers of a question in order. Without a list to keep, `ids` are all that the page needs. */
export async function makeList(
  tx: Tx,
  sight: Sight,
  asked: { question: ListQuestion; digest: Buffer; range: { offset: number; limit: number } },
): Promise<{ list: StoredList | null; total: number; ids: readonly string[] }> {
  const { question, digest, range } = asked;
  const values = new SqlValues();
  const listed = listedSql(values, sight, question);
  const [client, offset, limit] = [
    values.add(sight.clientId, 'uuid'),
    values.add(range.offset, 'integer'),
    values.add(range.limit, 'integer'),
  ];
  const { rows } = await tx.query<{ id: string | null; total: number; ids: string[] }>(
    `WITH listed AS MATERIALIZED (${listed}), size AS (SELECT count(*)::integer AS total FROM listed), list AS (
       INSERT INTO provider_lists (tenant_id, client_id, question, total, seen)
       SELECT $1, ${client}, ${values.add(digest, 'bytea')}, total, pg_current_snapshot()::text FROM size
       WHERE total > ${offset} + ${limit} RETURNING id
     ), parts AS (
       INSERT INTO provider_list_parts (tenant_id, list_id, part, record_ids)
       SELECT $1, list.id, listed.n / ${partSize}, array_agg(listed.id ORDER BY listed.n) FROM list, listed GROUP BY list.id, listed.n / ${partSize}
     ) SELECT (SELECT id FROM list), total, ARRAY(SELECT id FROM listed WHERE n >= ${offset} AND n < ${offset} + ${limit} ORDER BY n) AS ids
     FROM size`,
    values.list,
  );
  const { id, total, ids } = rows[0]!;
  if (id !== null) await dropOthers(tx, sight, id, digest);
  return { list: id === null ? null : { id, total }, total, ids };
}

/** A query of ids with their places, from 0. */
export function listedSql(values: SqlValues, sight: Sight, question: ListQuestion): string {
  const seen = seenIn(values, sight);
  const { entity, narrowing, filter, sort } = question;
  // The last id says which records; those before it have been proven to hold it.
  const ids = question.ids.slice(-1).map((id) => values.add(id, 'uuid'));
  const conditions = [
    `t.tenant_id = ${seen.tenant}`,
    areVisible(entity, seen, narrowing !== null || filter !== null),
    ...(narrowing ? [narrowings[narrowing](seen, ids)] : []),
    ...(filter ? [filterSql(filter, seen, values)] : []),
  ];
  return `SELECT t.id, (row_number() OVER (ORDER BY ${sortSql(sort, seen)}))::integer - 1 AS n
    FROM ${entityNamed(entity).table} t ${shownEntities[entity].joins(seen)} WHERE ${conditions.join(' AND ')}`;
}

/** What a client no longer pages through goes: older orders of the same question, lists past their time, and more than it needs. */
async function dropOthers(tx: Tx, { tenantId, clientId }: Sight, id: string, digest: Buffer): Promise<void> {
  await tx.query(
    `DELETE FROM provider_lists WHERE tenant_id = $1 AND client_id = $2 AND id <> $3
       AND (question = $4 OR made_at < now() - interval '${keptFor}' OR id NOT IN (SELECT l.id FROM provider_lists l
         WHERE l.tenant_id = $1 AND l.client_id = $2 ORDER BY l.made_at DESC, l.id DESC LIMIT ${mostLists}))`,
    [tenantId, clientId, id, digest],
  );
}

/** SQL of a page's ids with their places, from a list that is kept. */
export function placesInList(values: SqlValues, list: StoredList, range: { offset: number; limit: number }): string {
  const [first, end] = [range.offset, range.offset + range.limit];
  const [id, from, to] = [values.add(list.id, 'uuid'), values.add(first, 'integer'), values.add(end, 'integer')];
  return `SELECT x.id, p.part * ${partSize} + x.k - 1 AS n
    FROM provider_list_parts p, unnest(p.record_ids) WITH ORDINALITY x(id, k)
    WHERE p.tenant_id = $1 AND p.list_id = ${id} AND p.part BETWEEN ${from} / ${partSize} AND (${to} - 1) / ${partSize}
      AND p.part * ${partSize} + x.k - 1 >= ${from} AND p.part * ${partSize} + x.k - 1 < ${to}`;
}
