/** Tells a database that is away, or a statement that lost a race, from a fault of ours: the former ask for patience only. */

/**
 * Class 08 connection, 57P shut down or starting, 53 out of connections, memory or disk, 40 serialization and deadlock, 25006 may
 * only be read for the time being, 57014 and 55P03 took too long.
 */
const passing = /^(08|57P|57014|55P03|53|40|25006)/;
const refused: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** node-postgres gives these no code. */
const words =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/;

export function isDatabaseAway(error: unknown): boolean {
  if (error === null || typeof error !== 'object') return false;
  const { code, message, cause, errors } = error as {
    code?: unknown;
    message?: unknown;
    cause?: unknown;
    errors?: unknown;
  };
  if (Array.isArray(errors)) return errors.some(isDatabaseAway);
  if (typeof code === 'string') return passing.test(code) || refused.has(code);
  return words.test(String(message)) || (cause !== undefined && isDatabaseAway(cause));
}
