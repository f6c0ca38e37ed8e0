/** Numbers that follow from a seed alone, so that a trial can be asked for again. */
export class Random {
  #state: number;

  /** `salt` gives each trial of one seed numbers of its own. */
  constructor(seed: number, salt = 0) {
    this.#state = mix(mix(seed, 0x9e3779b9), salt);
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let n = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }
}

/** Two whole numbers to one of 31 bits. */
export function mix(a: number, b: number): number {
  let n = Math.imul(a ^ Math.imul(b + 0x165667b1, 0x85ebca6b), 0xc2b2ae35);
  n ^= n >>> 15;
  n = Math.imul(n, 0x27d4eb2f);
  return (n ^ (n >>> 13)) & 0x7fffffff;
}
