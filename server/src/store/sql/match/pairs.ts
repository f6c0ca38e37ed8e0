/**
 * Which new record may be which old one: the temporary table match_pairs, a row for each pair that any rule finds, with the best
 * score, the rules that agree and the telling facts that differ. Nothing depends on the order in which records came.
 */
import { tellingFields, type MatchRule, type MatchSettings } from '@rollcall/core';
import type { Tx } from '../../database.js';
import type { SqlScope } from '../scope.js';

/** A value that more records share tells nobody apart; without this bound a common one would pair everybody with everybody. */
const mostSharing = 8;

export interface RuleSet {
  readonly rules: readonly MatchRule[];
  /** The names of the facts, in the order of their arrays. */
  readonly names: readonly string[];
  readonly settings: MatchSettings;
}

/** How many pairs are worth a person's question at least. */
export async function findPairs(tx: Tx, scope: SqlScope, { rules, names, settings }: RuleSet): Promise<number> {
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS match_pairs (create_id uuid, local_id uuid, score integer, strong boolean, rules text[],
       differs text[]) ON COMMIT DELETE ROWS; TRUNCATE match_pairs`,
  );
  const at = (name: string) => names.indexOf(name) + 1;
  const telling = (tellingFields[scope.entity.name] ?? []).filter((name) => names.includes(name));
  const differs = telling.map((name) => `CASE WHEN n.facts[${at(name)}] <> o.facts[${at(name)}] THEN '${name}' END`);
  const { rowCount } = await tx.query(
    `INSERT INTO match_pairs
     SELECT p.create_id, p.local_id, x.score, x.score >= ${settings.strongFrom} AND o.proven, p.rules, x.differs
     FROM (SELECT f.create_id, f.local_id, max(f.score) AS score, array_agg(f.rule ORDER BY f.score DESC, f.rule) AS rules
       FROM (${rules.map((rule, place) => found(rule, place, at)).join(' UNION ALL ')}) f GROUP BY 1, 2) p
     JOIN match_new n ON n.create_id = p.create_id JOIN match_old o ON o.local_id = p.local_id
     CROSS JOIN LATERAL (SELECT array_remove(ARRAY[${differs.join(', ')}]::text[], NULL) AS differs) d
     CROSS JOIN LATERAL (SELECT CASE WHEN cardinality(d.differs) > 0 THEN least(p.score, ${settings.strongFrom - 1})
       ELSE p.score END AS score, d.differs) x
     WHERE x.score >= ${settings.askFrom}`,
    rules.map((rule) => rule.name),
  );
  return rowCount ?? 0;
}

/** Where nobody is asked, the better rule decides: a pair gives way to a better one of either of its sides. */
export async function keepBest(tx: Tx): Promise<void> {
  for (const side of ['create_id', 'local_id'])
    await tx.query(
      `DELETE FROM match_pairs p USING (SELECT ${side}, max(score) AS score FROM match_pairs GROUP BY 1) b
       WHERE b.${side} = p.${side} AND b.score > p.score`,
    );
}

/** The pairs of one rule; its name is parameter `place` + 1. */
function found(rule: MatchRule, place: number, at: (name: string) => number): string {
  const facts = rule.fields.map((name) => `facts[${at(name)}]`);
  const whole = facts.map((fact) => `${fact} IS NOT NULL`).join(' AND ');
  const list = facts.map((fact, i) => `${fact} AS k${i}`).join(', ');
  const shared = `count(*) OVER (PARTITION BY ${facts.join(', ')})`;
  const side = (table: string, id: string, which: string) =>
    `(SELECT * FROM (SELECT ${id}, ${list}, ${shared} AS sharing FROM ${table} WHERE ${whole}${which}) t WHERE sharing <= ${mostSharing})`;
  const roles = rule.roles ? ` AND role IN (${rule.roles.map((role) => `'${role}'`).join(', ')})` : '';
  return `SELECT a.create_id, b.local_id, ${rule.score} AS score, $${place + 1}::text AS rule
    FROM ${side('match_new', 'create_id', roles)} a
    JOIN ${side('match_old', 'local_id', '')} b ON ${facts.map((_, i) => `a.k${i} = b.k${i}`).join(' AND ')}`;
}
