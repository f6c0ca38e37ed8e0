/**
 * A set of 128-bit checksums in one flat array: 17 to 34 bytes a member, where a Set of strings takes well over a hundred. A
 * checksum covers the external id too, so one hit proves that this very record is unchanged.
 */
export class ChecksumSet {
  #slots: Uint32Array;
  #mask: number;
  #size = 0;
  #hasZero = false;

  /** `expected` members fit without growing. */
  constructor(expected = 0) {
    let capacity = 1024;
    while (capacity < expected * 1.5) capacity *= 2;
    this.#slots = new Uint32Array(capacity * 4);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** `checksum` is 32 hex digits. */
  has(checksum: string): boolean {
    return this.#find(word(checksum, 0), word(checksum, 8), word(checksum, 16), word(checksum, 24)) >= 0;
  }

  /** Reads 16 bytes of `bytes` at `offset`. */
  addBytes(bytes: Buffer, offset: number): void {
    const at = (i: number) => bytes.readUInt32BE(offset + i);
    this.add(at(0), at(4), at(8), at(12));
  }

  add(a: number, b: number, c: number, d: number): void {
    if ((a | b | c | d) === 0) {
      if (!this.#hasZero) this.#size += 1;
      this.#hasZero = true;
      return;
    }
    if (this.#size * 1.25 > this.#mask) this.#grow();
    const at = this.#find(a, b, c, d);
    if (at >= 0) return;
    const free = ~at;
    this.#slots[free] = a;
    this.#slots[free + 1] = b;
    this.#slots[free + 2] = c;
    this.#slots[free + 3] = d;
    this.#size += 1;
  }

  /** The index where the member stands, or the complement of the free index where it would. */
  #find(a: number, b: number, c: number, d: number): number {
    if ((a | b | c | d) === 0) return this.#hasZero ? 0 : -1;
    const slots = this.#slots;
    for (let slot = b & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const i = slot * 4;
      if (slots[i] === a && slots[i + 1] === b && slots[i + 2] === c && slots[i + 3] === d) return i;
      if ((slots[i]! | slots[i + 1]! | slots[i + 2]! | slots[i + 3]!) === 0) return ~i;
    }
  }

  #grow(): void {
    const old = this.#slots;
    const zero = this.#hasZero;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#slots.length / 4 - 1;
    this.#size = zero ? 1 : 0;
    for (let i = 0; i < old.length; i += 4) {
      const [a, b, c, d] = [old[i]!, old[i + 1]!, old[i + 2]!, old[i + 3]!];
      if ((a | b | c | d) !== 0) this.add(a, b, c, d);
    }
  }
}

const word = (hex: string, at: number): number => parseInt(hex.slice(at, at + 8), 16);
