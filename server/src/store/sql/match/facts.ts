/**
 * What is compared of new records and of those that they may be: the temporary tables match_new and match_old, each row with its
 * facts, the values that rules name, spelt alike. Facts live as long as the planning of one entity; none is kept.
 */
import { spellingOf, tellingFields, type Entity, type Field, type MatchRule } from '@rollcall/core';
import type { Tx } from '../../database.js';
import { stageColumn } from '../../stage.js';
import { plannedReferences, schoolOf, type SqlScope } from '../scope.js';
import { seen } from '../seen.js';
import { spelled } from './spelling.js';

/** The names of the facts, in the order of the arrays. */
export function factNames(entity: Entity, rules: readonly MatchRule[]): string[] {
  return [...new Set([...rules.flatMap((rule) => rule.fields), ...(tellingFields[entity.name] ?? [])])];
}

export async function openFacts(tx: Tx): Promise<void> {
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS match_new (create_id uuid, external_id text COLLATE "C", n bigint, role text, facts text[])
       ON COMMIT DELETE ROWS; TRUNCATE match_new;
     CREATE TEMP TABLE IF NOT EXISTS match_old (local_id uuid, former_id text COLLATE "C", kind text, proven boolean,
       school_id uuid, facts text[]) ON COMMIT DELETE ROWS; TRUNCATE match_old`,
  );
}

/** From the planned creates, whose references to other entities are resolved. */
export async function gatherNew(tx: Tx, scope: SqlScope, names: readonly string[]): Promise<void> {
  const { entity } = scope;
  const fact = (name: string): string => {
    if (name === 'sourcedId') return 'c.external_id';
    const field = fieldOf(entity, name);
    if (field.kind === 'reference') return `c.refs[${plannedReferences(entity).indexOf(field) + 1}]::text`;
    return textOf(field, `s.${stageColumn(field)}`);
  };
  const roles = entity.fields.find((field) => field.kind === 'roles');
  await tx.query(
    `INSERT INTO match_new SELECT c.local_id, c.external_id, s.n, ${roles ? `s.${stageColumn(roles)}->0->>'role'` : 'NULL'},
       ARRAY[${names.map(fact).join(', ')}]::text[]
     FROM sync_changes c JOIN ${scope.full} s ON s.n = c.stage_row
     WHERE ${scope.inPlan} AND c.operation = 'create' AND c.state IS NULL`,
  );
}

export interface Sources {
  /** The table absent holds what a read of everything did not name; `proven` says whether that read was complete. */
  readonly absent: 'none' | 'proven' | 'unproven';
  /** Records of this integration that the feed did not name, in a read that does not name everything. */
  readonly unnamed: boolean;
  readonly tombstones: boolean;
  /** Records that only other integrations have. */
  readonly others: boolean;
  /** Records that the feed itself ends. */
  readonly ended: boolean;
}

/** From the hub: records that this integration no longer names, or has never named. How many rows. */
export async function gatherOld(tx: Tx, scope: SqlScope, names: readonly string[], from: Sources): Promise<number> {
  const { entity } = scope;
  const fact = (name: string): string => {
    if (name === 'sourcedId') return 'x.known_as';
    const field = fieldOf(entity, name);
    return textOf(field, `h.${field.column}`);
  };
  const sources = sourcesOf(scope, from);
  if (sources.length === 0) return 0;
  const { rowCount } = await tx.query(
    `INSERT INTO match_old SELECT DISTINCT ON (x.local_id) x.local_id, x.former_id, x.kind, x.proven, ${schoolOf(entity)},
       ARRAY[${names.map(fact).join(', ')}]::text[]
     FROM (${sources.join(' UNION ALL ')}) x JOIN ${entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = x.local_id
     WHERE NOT EXISTS (SELECT FROM sync_changes c WHERE ${scope.inPlan} AND c.local_id = x.local_id)
     ORDER BY x.local_id, x.former_id NULLS LAST, x.known_as`,
  );
  // Who has another link of this integration that is alive is somebody's already.
  await tx.query(
    `DELETE FROM match_old o USING external_system_mappings l WHERE ${scope.inLinks} AND l.local_id = o.local_id
       AND l.external_id IS DISTINCT FROM o.former_id AND l.state IN ('active', 'missing')`,
  );
  // Nothing else tells the planner how many there are.
  await tx.query('ANALYZE match_new, match_old');
  return rowCount ?? 0;
}

function sourcesOf(scope: SqlScope, from: Sources): string[] {
  const own = (kind: string, proven: string) =>
    `SELECT l.local_id, l.external_id AS former_id, l.external_id AS known_as, '${kind}' AS kind, ${proven} AS proven`;
  const links = `external_system_mappings l ON ${scope.inLinks}`;
  const sources: string[] = [];
  if (from.absent !== 'none')
    sources.push(
      `${own('gone', String(from.absent === 'proven'))} FROM absent a JOIN ${links} AND l.external_id = a.external_id`,
    );
  if (from.ended)
    sources.push(
      `${own('gone', 'true')} FROM ${scope.full} s JOIN ${links} AND l.external_id = s.external_id
       WHERE s.ended AND l.state IN ('active', 'missing') AND NOT EXISTS (SELECT FROM kept_out k WHERE k.n = s.n)`,
    );
  if (from.unnamed)
    sources.push(
      `${own('unnamed', 'false')} FROM external_system_mappings l WHERE ${scope.inLinks} AND l.state IN ('active', 'missing', 'unlinked')
       AND NOT ${seen(scope)}`,
    );
  if (from.tombstones)
    sources.push(
      `${own('gone before', 'true')} FROM tombstones t JOIN ${links} AND l.external_id = t.external_id AND l.state = 'deactivated'
       WHERE t.tenant_id = ${scope.tenant} AND t.integration_id = ${scope.integration} AND t.entity = '${scope.entity.name}'
         AND NOT EXISTS (SELECT FROM ${scope.full} s WHERE s.external_id = l.external_id AND NOT s.ended)`,
    );
  if (from.others)
    sources.push(
      `SELECT l.local_id, NULL AS former_id, l.external_id AS known_as, 'elsewhere' AS kind, true AS proven FROM external_system_mappings l
       WHERE l.tenant_id = ${scope.tenant} AND l.integration_id <> ${scope.integration} AND l.entity = '${scope.entity.name}'
         AND l.state IN ('active', 'missing') AND NOT EXISTS (SELECT FROM external_system_mappings o
           WHERE o.tenant_id = l.tenant_id AND o.integration_id = ${scope.integration} AND o.entity = l.entity
             AND o.local_id = l.local_id AND o.state IN ('active', 'missing'))`,
    );
  return sources;
}

const textOf = (field: Field, column: string): string =>
  field.kind === 'text' ? spelled(spellingOf(field.name), column) : `${column}::text`;

const fieldOf = (entity: Entity, name: string): Field => entity.fields.find((field) => field.name === name)!;
