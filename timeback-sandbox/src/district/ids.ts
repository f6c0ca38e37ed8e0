/** sourcedIds that look like version-4 UUIDs, whose order is the order of the rows, and that can be read back in O(1). */
import { mix } from './hash.js';

const HEX = Array.from({ length: 65_536 }, (_, n) => n.toString(16).padStart(4, '0'));
const WELL_FORMED = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export class Ids {
  readonly #stride: number;

  /** capacity: the highest index that may ever be asked for; it spreads the ids over the whole range. */
  constructor(
    private readonly salt: number,
    readonly capacity: number,
  ) {
    this.#stride = Math.floor(2 ** 32 / capacity);
  }

  of(index: number): string {
    const h1 = mix(this.salt, index);
    const h2 = mix(h1, 0x51ed);
    const h3 = mix(h2, index);
    const top = index * this.#stride + (h1 % this.#stride);
    const first = HEX[(top / 65_536) | 0]! + HEX[top % 65_536]!;
    const middle = `${HEX[h1 >>> 16]}-${HEX[(h2 & 0x0fff) | 0x4000]}-${HEX[(h3 & 0x3fff) | 0x8000]}`;
    return `${first}-${middle}-${HEX[h2 >>> 16]}${HEX[h3 >>> 16]}${HEX[h1 & 0xffff]}`;
  }

  /** The index that an id stands for, or -1 when it is none of ours. */
  indexOf(id: string): number {
    if (!WELL_FORMED.test(id)) return -1;
    const index = Math.floor(parseInt(id.slice(0, 8), 16) / this.#stride);
    return this.of(index) === id ? index : -1;
  }
}
