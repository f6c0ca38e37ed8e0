/**
 * What follows from the pairs: match_verdicts names the record that a new one is joined with. A match is believed where it is
 * strong and the only strong one from both sides, so that two new records are never joined with one of ours by themselves.
 */
import type { Tx } from '../../database.js';
import type { SqlScope } from '../scope.js';

export async function openVerdicts(tx: Tx): Promise<void> {
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS match_verdicts (create_id uuid, local_id uuid, former_id text COLLATE "C", kind text,
       school_id uuid, sure boolean, evidence jsonb) ON COMMIT DELETE ROWS; TRUNCATE match_verdicts`,
  );
}

export interface Verdicts {
  /** Joined by themselves. */
  readonly sure: number;
  /** Of those and of the unsure ones that pair off, how many have new ids for records of this integration that are gone. */
  readonly rekeyed: number;
}

export async function judgePairs(tx: Tx): Promise<Verdicts> {
  await openVerdicts(tx);
  await tx.query(`INSERT INTO match_verdicts ${verdicts('p.strong', `SELECT * FROM match_pairs WHERE strong`, true)}`);
  await tx.query(`INSERT INTO match_verdicts ${verdicts(`o.kind IN ('gone', 'unnamed')`, openPairs, false)}`);
  const { rows } = await tx.query<Verdicts>(
    `SELECT count(*) FILTER (WHERE sure) AS sure, count(*) FILTER (WHERE kind IN ('gone', 'unnamed')) AS rekeyed
     FROM match_verdicts`,
  );
  return rows[0]!;
}

/** Pairs of which neither side has a sure answer. */
const openPairs = `SELECT * FROM match_pairs p WHERE NOT EXISTS (SELECT FROM match_verdicts v WHERE v.create_id = p.create_id)
  AND NOT EXISTS (SELECT FROM match_verdicts v WHERE v.local_id = p.local_id)`;

/** Pairs whose sides have no other partner among `pairs`. */
const verdicts = (which: string, pairs: string, sure: boolean): string =>
  `SELECT p.create_id, p.local_id, o.former_id, o.kind, o.school_id, ${sure},
     jsonb_build_object('score', p.score, 'rules', p.rules, 'differs', p.differs)
   FROM (SELECT q.*, count(*) OVER (PARTITION BY q.create_id) AS olds, count(*) OVER (PARTITION BY q.local_id) AS news
     FROM (${pairs}) q) p JOIN match_old o ON o.local_id = p.local_id
   WHERE p.olds = 1 AND p.news = 1 AND ${which}`;

/** Unsure pairs are no verdicts unless the whole is a re-key. */
export async function dropUnsure(tx: Tx): Promise<void> {
  await tx.query('DELETE FROM match_verdicts WHERE NOT sure');
}

/** Of re-keyed records, how many there are in each school; null is the district. */
export async function rekeyedBySchool(tx: Tx): Promise<{ school: string | null; rows: number }[]> {
  const { rows } = await tx.query<{ school: string | null; rows: number }>(
    `SELECT school_id AS school, count(*) AS rows FROM match_verdicts WHERE kind IN ('gone', 'unnamed') GROUP BY 1
     ORDER BY 2 DESC, 1`,
  );
  return rows;
}

/**
 * Marks the creates that are left with candidates, each with all of them as evidence, the best first, and with what it would be
 * created as for a person to see. `state` is held, or blocked where a hold is open that this run cannot renew.
 */
export async function askAbout(
  tx: Tx,
  scope: SqlScope,
  mark: { state: 'held' | 'blocked'; holdId: string | null; reason: string; shown: string },
): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE sync_changes c SET state = $1, hold_id = $2, reason = $3, evidence = x.evidence, after = ${mark.shown}
     FROM (SELECT p.create_id, jsonb_build_object('candidates', jsonb_agg(jsonb_build_object('localId', p.local_id, 'formerly', o.former_id,
         'score', p.score, 'rules', p.rules, 'differs', p.differs) ORDER BY p.score DESC, p.local_id)) AS evidence
       FROM (${openPairs}) p JOIN match_old o ON o.local_id = p.local_id GROUP BY 1) x, ${scope.full} s
     WHERE ${scope.inPlan} AND c.local_id = x.create_id AND s.n = c.stage_row`,
    [mark.state, mark.holdId, mark.reason],
  );
  return rowCount ?? 0;
}
