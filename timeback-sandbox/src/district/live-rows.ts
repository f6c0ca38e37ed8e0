/**
 * Which rows of an entity are still there. Promises that the k-th live row is found without a scan, and that an untouched
 * entity costs no memory at all.
 */
const BLOCK = 1024;

/** Why a row is gone; the reasons are kept apart so that a school can be restored without its earlier leavers. */
export const LEFT = 1;
export const SCHOOL_LOST = 2;

export class LiveRows {
  #gone: Uint8Array | undefined;
  #before = new Int32Array(0);
  #stale = true;

  constructor(public size: number) {}

  isLive(index: number): boolean {
    return index >= 0 && index < this.size && (this.#gone === undefined || !this.#gone[index]);
  }

  grow(size: number): void {
    this.size = size;
    this.#stale = true;
  }

  remove(index: number, reason: number): void {
    if (this.#gone === undefined || this.#gone.length < this.size) {
      const wider = new Uint8Array(Math.ceil(this.size / BLOCK) * BLOCK + BLOCK);
      if (this.#gone) wider.set(this.#gone);
      this.#gone = wider;
    }
    this.#gone[index]! |= reason;
    this.#stale = true;
  }

  restore(index: number, reason: number): void {
    if (this.#gone === undefined || index >= this.#gone.length) return;
    this.#gone[index]! &= ~reason;
    this.#stale = true;
  }

  /** How many live rows come before this index. */
  rank(index: number): number {
    if (this.#gone === undefined) return index;
    this.#count();
    const block = Math.floor(index / BLOCK);
    let live = this.#before[block]!;
    for (let i = block * BLOCK; i < index; i += 1) if (!this.#gone[i]) live += 1;
    return live;
  }

  /** The index of the live row at this position (0 is the first). */
  select(position: number): number {
    if (this.#gone === undefined) return position;
    this.#count();
    let low = 0;
    let high = this.#before.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#before[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    let left = position - this.#before[low]!;
    let index = low * BLOCK;
    while (this.#gone[index] || left > 0) {
      if (!this.#gone[index]) left -= 1;
      index += 1;
    }
    return index;
  }

  #count(): void {
    if (!this.#stale) return;
    const gone = this.#gone!;
    const blocks = Math.floor(this.size / BLOCK) + 1;
    this.#before = new Int32Array(blocks);
    let live = 0;
    for (let block = 0; block < blocks; block += 1) {
      this.#before[block] = live;
      for (let i = block * BLOCK; i < (block + 1) * BLOCK; i += 1) if (!gone[i]) live += 1;
    }
    this.#stale = false;
  }
}
