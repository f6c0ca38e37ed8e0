/** Which family an error of the database, of the way to it, or of its drivers belongs to. The first row that fits decides. */
import type { DatabaseTrouble } from './treatments.js';

const families: readonly (readonly [codes: RegExp, trouble: DatabaseTrouble])[] = [
  // serialization failure, deadlock, lock not to be had, a statement that was cancelled
  [/^(40|55P03$|57014$)/, 'database_raced'],
  // disk full, out of memory, a configured limit, read-only, an error of the disk itself
  [/^(53[124]00$|25006$|58030$)/, 'database_full'],
  // connection lost, shut down or starting, too many connections
  [/^(08|57P0|53300$)/, 'database_away'],
  // the way to it, as Node says
  [/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN)$/, 'database_away'],
  // Prisma: not reachable, timed out, connection closed, no connection free, no transaction begun in time
  [/^P(1001|1002|1017|2024|2028)$/, 'database_away'],
  // a value that does not fit its type or its column, and one that is too large for an index or a row
  [/^(22|23502$|23514$|54000$|54001$)/, 'database_refused_value'],
];

/** node-postgres gives these no code. */
const words =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Null for an error that says nothing of a database. */
export function databaseTroubleOf(error: {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
}): DatabaseTrouble | null {
  // A socket's file that is gone; any other file that is missing says nothing of a database.
  if (error.code === 'ENOENT' && error.syscall === 'connect') return 'database_away';
  if (typeof error.code === 'string') return families.find(([codes]) => codes.test(error.code as string))?.[1] ?? null;
  return words.test(String(error.message)) ? 'database_away' : null;
}
