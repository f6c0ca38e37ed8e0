/** Tells a database that cannot be reached from a statement that failed: the first passes by itself, the second does not. */

/** Whether the error, or one that caused it, says that the database was away. Knows the words of Node, pg and Prisma. */
export function isUnavailable(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (away.has(codeOf(at)) || /^(08|57P0)/.test(codeOf(at)) || sentences.test(at.message)) return true;
  }
  return false;
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

const codeOf = (error: Error): string => String((error as { code?: unknown }).code ?? '');
