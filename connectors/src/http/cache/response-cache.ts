/**
 * Answers of one integration of one tenant, compressed, within a number of bytes; what was used longest ago goes first. Knows nothing of
 * freshness: that is the client's to judge.
 */
import { gunzipSync, gzipSync } from 'node:zlib';

export interface Kept {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** By our clock, when the source last said so. */
  readonly confirmedAt: number;
  readonly content: Buffer;
}

export interface CacheStatistics {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly revalidated: number;
  readonly stale: number;
  readonly misses: number;
  readonly evicted: number;
}

interface Entry extends Omit<Kept, 'content'> {
  readonly packed: Buffer;
  readonly isPacked: boolean;
  readonly noun: string;
  readonly bytes: number;
}

/** Smaller contents grow by compression. */
const leastPacked = 512;
/** For the key, the marks and the place in the map; a guess on the high side. */
const entryOverhead = 400;

export class ResponseCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #counts = { hits: 0, revalidated: 0, stale: 0, misses: 0, evicted: 0 };

  constructor(private readonly maxBytes: number) {}

  get(key: string): Kept | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const { packed, isPacked, etag, lastModified, confirmedAt } = entry;
    return { etag, lastModified, confirmedAt, content: isPacked ? gunzipSync(packed) : packed };
  }

  /** `noun` is what a write to the same kind of record takes away. */
  put(key: string, noun: string, { content, ...marks }: Kept): void {
    this.#remove(key);
    const isPacked = content.length >= leastPacked;
    // A copy: a slice would keep the whole buffer of the answer alive.
    const packed = isPacked ? gzipSync(content, { level: 1 }) : Buffer.from(content);
    const entry = { ...marks, packed, isPacked, noun, bytes: packed.length + key.length * 2 + entryOverhead };
    if (entry.bytes > this.maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#remove(oldest);
      this.#counts.evicted += 1;
    }
  }

  /** The source said that it is still so. */
  confirm(key: string, confirmedAt: number): void {
    const entry = this.#entries.get(key);
    if (entry) this.#entries.set(key, { ...entry, confirmedAt });
  }

  invalidate(nouns: readonly string[]): void {
    for (const [key, { noun }] of this.#entries) if (nouns.includes(noun)) this.#remove(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  count(what: 'hits' | 'revalidated' | 'stale' | 'misses'): void {
    this.#counts[what] += 1;
  }

  get statistics(): CacheStatistics {
    return { entries: this.#entries.size, bytes: this.#bytes, ...this.#counts };
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry && this.#entries.delete(key)) this.#bytes -= entry.bytes;
  }
}
