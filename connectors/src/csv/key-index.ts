/**
 * From ids to numbers of rows in a few flat arrays: 12 bytes an entry and no object for any of a million ids. Two keyed 32-bit hashes stand
 * for an id; with a key nobody knows two different ids fall together once in 10^8 districts of a million.
 */
export class KeyIndex {
  #size = 0;
  #mask: number;
  #high: Uint32Array;
  #low: Uint32Array;
  #rows: Int32Array;

  constructor(
    private readonly key: HashKey,
    capacity = 1024,
  ) {
    this.#mask = capacity - 1;
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#rows = new Int32Array(capacity).fill(-1);
  }

  get size(): number {
    return this.#size;
  }

  /** The row of an id, or -1. */
  find(id: string): number {
    return this.findHash(this.hash(id));
  }

  findHash({ high, low }: IdHash): number {
    return this.#rows[this.#slot(high, low)]!;
  }

  hash(id: string): IdHash {
    return { high: hashed(id, this.key.high), low: hashed(id, this.key.low) };
  }

  /** False when the id has a row already, which it keeps. */
  add(id: string, row: number): boolean {
    const { high, low } = this.hash(id);
    const slot = this.#slot(high, low);
    if (this.#rows[slot] !== -1) return false;
    this.#put(slot, high, low, row);
    this.#size += 1;
    if (this.#size * 2 > this.#mask) this.#grow();
    return true;
  }

  #slot(high: number, low: number): number {
    let slot = low & this.#mask;
    while (this.#rows[slot] !== -1 && (this.#high[slot] !== high || this.#low[slot] !== low))
      slot = (slot + 1) & this.#mask;
    return slot;
  }

  #put(slot: number, high: number, low: number, row: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#rows[slot] = row;
  }

  #grow(): void {
    const larger = new KeyIndex(this.key, (this.#mask + 1) * 2);
    for (let slot = 0; slot <= this.#mask; slot += 1) {
      if (this.#rows[slot] === -1) continue;
      const [high, low] = [this.#high[slot]!, this.#low[slot]!];
      larger.#put(larger.#slot(high, low), high, low, this.#rows[slot]!);
    }
    this.#mask = larger.#mask;
    this.#high = larger.#high;
    this.#low = larger.#low;
    this.#rows = larger.#rows;
  }
}

export interface IdHash {
  readonly high: number;
  readonly low: number;
}

export interface HashKey {
  readonly high: number;
  readonly low: number;
}

export const hashKey = (random: () => number): HashKey => ({
  high: Math.floor(random() * 2 ** 32),
  low: Math.floor(random() * 2 ** 32),
});

const { imul } = Math;

/** Murmur's rounds over the characters. */
function hashed(text: string, key: number): number {
  let h = key;
  for (let i = 0; i < text.length; i += 1) {
    let k = imul(text.charCodeAt(i), 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = imul(h, 5) + 0xe6546b64;
  }
  h ^= text.length;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
