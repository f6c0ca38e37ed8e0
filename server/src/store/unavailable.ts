/** Tells a database that cannot be reached from a statement that failed: the first passes by itself, the second does not. */

/** Whether the error, or one that caused it, says that the database was away. Knows the words of Node, pg and Prisma. */
export function isUnavailable(error: unknown): boolean {
  let at = error as Failure | null | undefined;
  for (let depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const code = String(at.code ?? '');
    if (away.has(code) || /^(08|57P0)/.test(code) || sentences.test(String(at.message))) return true;
    at = at.cause as Failure | null | undefined;
  }
  return false;
}

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

const away = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // too many connections
  '53300',
  // Prisma: not reachable, timed out, connection closed, no connection free, no transaction begun in time
  'P1001',
  'P1002',
  'P1017',
  'P2024',
  'P2028',
]);

// pg gives these errors no code.
const sentences =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;
