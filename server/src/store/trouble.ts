/** Tells what kind of trouble an error is, through whatever wraps it. What to do about each kind stands in core's table. */
import { databaseTroubleOf, Fault, treatments, type Trouble } from '@rollcall/core';

interface Wrapping {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

export function troubleOf(error: unknown): Trouble {
  const queue: unknown[] = [error];
  for (let looked = 0; looked < 20 && queue.length > 0; looked += 1) {
    const at = queue.shift();
    if (at instanceof Fault) return at.code;
    if (typeof at !== 'object' || at === null) continue;
    const { cause, errors } = at as Wrapping;
    const found = databaseTroubleOf(at as Wrapping);
    if (found !== null) return found;
    if (Array.isArray(errors)) queue.push(...(errors as unknown[]));
    queue.push(cause);
  }
  return 'unforeseen';
}

/** Whether the database is to be waited for: it is away, has no room, or others were in the way. */
export function isPassing(error: unknown): boolean {
  const trouble = troubleOf(error);
  return trouble === 'unavailable' || (trouble.startsWith('database_') && treatments[trouble].action !== 'quarantine');
}

/** Whether a statement was ended for the time that it took. */
export const isTooSlow = (error: unknown): boolean => (error as Wrapping | null)?.code === '57014';

/** Whether the database could not be reached at all. */
export const isUnavailable = (error: unknown): boolean => troubleOf(error) === 'database_away';
