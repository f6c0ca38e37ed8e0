/** Counts over a window that slides in slots: a slot is forgotten only when all of it is older than the window, so nothing too early. */
export class SlidingCount {
  readonly #counts: Float64Array;
  readonly #slotMs: number;
  #newest = 0;
  #sum = 0;

  constructor(windowMs: number, slots = 10) {
    this.#slotMs = windowMs / slots;
    // One more than the window holds: the oldest is partly inside.
    this.#counts = new Float64Array(slots + 1);
  }

  add(nowMs: number, count = 1): void {
    this.#slideTo(nowMs);
    this.#counts[this.#newest % this.#counts.length]! += count;
    this.#sum += count;
  }

  total(nowMs: number): number {
    this.#slideTo(nowMs);
    return this.#sum;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#sum = 0;
  }

  #slideTo(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs);
    if (slot <= this.#newest) return;
    const first = Math.max(this.#newest + 1, slot - this.#counts.length + 1);
    for (let next = first; next <= slot; next += 1) {
      const place = next % this.#counts.length;
      this.#sum -= this.#counts[place]!;
      this.#counts[place] = 0;
    }
    this.#newest = slot;
  }
}
