/**
 * How often a secret may be tried that was never right here: by client and address, and by address alone. Who guesses at one place
 * holds up nobody elsewhere, and a secret that was proven here before is not counted, so nobody's guesses lock its client out.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { RateLimit, RateLimiter } from '@rollcall/connectors';
import { digestOf } from './credentials.js';

export interface SignInAttempt {
  /** Where the request comes from. */
  readonly address: string;
  readonly clientId: string;
  readonly secret: string;
}

const windowMs = 60_000;
/** A client whose workers all start at once has twenty tries; after that one in six seconds. */
const ofClient: RateLimit = { perSecond: 1 / 6, burst: 20, perWindow: 30, windowMs, interactiveShare: 0 };
/** A proof takes some 50 ms of a core: guesses from one address take a tenth of one. */
const ofAddress: RateLimit = { perSecond: 2, burst: 120, perWindow: 240, windowMs, interactiveShare: 0 };
/** Of secrets that were right. A client whose secret is forgotten here is counted once more. */
const mostProven = 10_000;

export class SignInBound {
  /** Of this process: what is kept proves nothing elsewhere. */
  readonly #key = randomBytes(32);
  readonly #proven = new Set<string>();

  constructor(private readonly limiter: RateLimiter) {}

  /** 0 when the secret may be tried; otherwise the milliseconds after which to come again. */
  async take(attempt: SignInAttempt): Promise<number> {
    if (this.#proven.has(this.#mark(attempt))) return 0;
    const { address, clientId } = attempt;
    const wait = await this.limiter.take(keyOf(address), ofAddress, 'interactive');
    return wait || this.limiter.take(keyOf(`${address} ${clientId}`), ofClient, 'interactive');
  }

  /** What came of it. */
  note(attempt: SignInAttempt, proven: boolean): void {
    const mark = this.#mark(attempt);
    this.#proven.delete(mark);
    if (!proven) return;
    this.#proven.add(mark);
    if (this.#proven.size > mostProven) this.#proven.delete(this.#proven.values().next().value!);
  }

  #mark({ clientId, secret }: SignInAttempt): string {
    return createHmac('sha256', this.#key).update(`${clientId} ${secret}`).digest('base64');
  }
}

/** Neither address nor client stands in it. */
const keyOf = (what: string): string => `sign-in:${digestOf(what).toString('base64url')}`;
