/** Which links the feed has named: by the key of a staged row, or by the bytes of one that came as before. */
import type { SqlScope } from './scope.js';

/** Staged keys, each once: planning also puts rows of the full stage among the rejects. */
const keys = (scope: SqlScope): string =>
  `SELECT external_id FROM ${scope.full} UNION ALL SELECT external_id FROM ${scope.slim}
   UNION ALL SELECT r.external_id FROM ${scope.rejects} r
     WHERE r.external_id IS NOT NULL AND NOT EXISTS (SELECT FROM ${scope.full} s WHERE s.n = r.n)`;

/** True for a link of alias l whose record came byte for byte as before. Hashed once, probed per link. */
export const cameAsBefore = (scope: SqlScope): string =>
  `coalesce(l.raw_digest IN (SELECT raw FROM ${scope.same}), false)`;

/** True for a link of alias l that the feed has named. */
export const seen = (scope: SqlScope): string => `(${cameAsBefore(scope)} OR l.external_id IN (${keys(scope)}))`;
