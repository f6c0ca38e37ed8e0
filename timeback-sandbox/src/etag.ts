/**
 * Strong marks of answers (RFC 9110, 8.8): two answers to one request have the same mark only if nothing was edited between them. Made
 * from the number of edits, not from the body, so that a 304 costs nothing. While a fault is on, there are none.
 */
import { hash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answers.js';

export class Marks {
  /** Another start of the sandbox may have another district. */
  readonly #start = randomBytes(6).toString('hex');
  #edits = 0;

  edited(): void {
    this.#edits += 1;
  }

  of(request: IncomingMessage): string {
    return `"${hash('sha256', `${this.#start} ${this.#edits} ${request.url}`, 'hex').slice(0, 24)}"`;
  }
}

/** The answer to a condition that holds, if the request has one. */
export function notModified(request: IncomingMessage, mark: string): Answer | undefined {
  const asked = request.headers['if-none-match'];
  const marks = asked?.split(',').map((one) => one.trim()) ?? [];
  return marks.includes(mark) ? { status: 304, body: '', headers: { etag: mark } } : undefined;
}
