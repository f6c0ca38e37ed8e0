/** A place for answers that can be had again: bounded, forgetful, and never believed without proof. Here in this process's memory. */

export interface LookupStore {
  /** In the order of the keys; null for what is not there. Throws when it cannot be asked: then whoever asks goes to the source. */
  get(keys: readonly string[]): Promise<readonly unknown[]> | readonly unknown[];
  set(entries: readonly (readonly [key: string, value: object])[]): Promise<void> | void;
  readonly stats: StoreStats;
  /** How many it holds, and may hold. */
  readonly size: number;
  readonly limit: number;
}

export interface StoreStats {
  evictions: number;
}

interface Kept {
  readonly value: object;
  readonly until: number;
}

/** Forgets what was asked for the longest ago. */
export class LocalLookupStore implements LookupStore {
  readonly #kept = new Map<string, Kept>();
  readonly stats: StoreStats = { evictions: 0 };

  constructor(
    private readonly options: { readonly limit: number; readonly forMs: number; readonly now: () => number },
  ) {}

  get size(): number {
    return this.#kept.size;
  }

  get limit(): number {
    return this.options.limit;
  }

  get(keys: readonly string[]): readonly unknown[] {
    const now = this.options.now();
    return keys.map((key) => {
      const found = this.#kept.get(key);
      if (found === undefined) return null;
      this.#kept.delete(key);
      if (found.until < now) return null;
      this.#kept.set(key, found);
      return found.value;
    });
  }

  set(entries: readonly (readonly [key: string, value: object])[]): void {
    const until = this.options.now() + this.options.forMs;
    for (const [key, value] of entries) {
      this.#kept.delete(key);
      this.#kept.set(key, { value, until });
    }
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= this.options.limit) return;
      this.#kept.delete(key);
      this.stats.evictions += 1;
    }
  }
}
