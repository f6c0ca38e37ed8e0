/** sourcedIds that look like version-4 UUIDs, whose order is the order of the rows, and that can be read back in O(1). */
import { mix } from './hash.js';

const LENGTH = 36;
const DASH = 45;
const WELL_FORMED = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

function hex4(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = DIGITS[(value >>> 12) & 15]!;
  buffer[at + 1] = DIGITS[(value >>> 8) & 15]!;
  buffer[at + 2] = DIGITS[(value >>> 4) & 15]!;
  buffer[at + 3] = DIGITS[value & 15]!;
}

export class Ids {
  readonly length = LENGTH;
  readonly #stride: number;
  readonly #scratch = Buffer.alloc(LENGTH);
  /** how often a row was given another id */
  readonly #anew = new Map<number, number>();

  /** capacity: above every index that may ever be asked for; it spreads the ids over the whole range. */
  constructor(
    private readonly salt: number,
    readonly capacity: number,
  ) {
    this.#stride = Math.floor(2 ** 32 / capacity);
  }

  of(index: number): string {
    this.write(this.#scratch, 0, index);
    return this.#scratch.toString('latin1');
  }

  write(buffer: Uint8Array, at: number, index: number): void {
    const salt = this.#anew.size === 0 ? this.salt : this.salt + (this.#anew.get(index) ?? 0);
    const h1 = mix(salt, index);
    const h2 = mix(h1, 0x51ed);
    const h3 = mix(h2, index);
    const top = index * this.#stride + (h1 % this.#stride);
    hex4(buffer, at, (top / 65_536) | 0);
    hex4(buffer, at + 4, top % 65_536);
    buffer[at + 8] = DASH;
    hex4(buffer, at + 9, h1 >>> 16);
    buffer[at + 13] = DASH;
    hex4(buffer, at + 14, (h2 & 0x0fff) | 0x4000);
    buffer[at + 18] = DASH;
    hex4(buffer, at + 19, (h3 & 0x3fff) | 0x8000);
    buffer[at + 23] = DASH;
    hex4(buffer, at + 24, h2 >>> 16);
    hex4(buffer, at + 28, h3 >>> 16);
    hex4(buffer, at + 32, h1 & 0xffff);
  }

  /** Gives a row another id; the former leads nowhere then. The order of ids stays that of the rows. */
  renew(index: number): void {
    this.#anew.set(index, (this.#anew.get(index) ?? 0) + 1);
  }

  /** The index that an id stands for, or -1 when it is none of ours. */
  indexOf(id: string): number {
    if (!WELL_FORMED.test(id)) return -1;
    const index = Math.floor(parseInt(id.slice(0, 8), 16) / this.#stride);
    return this.of(index) === id ? index : -1;
  }
}
