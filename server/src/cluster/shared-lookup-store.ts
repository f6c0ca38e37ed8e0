/**
 * The same store in Redis, for all processes. A Redis that is away or slow is left alone for a second, so that nobody waits for it twice;
 * it bounds itself by the age of what it holds and by its own memory policy.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LookupStore, StoreStats } from './lookup-store.js';

export interface SharedStoreSettings {
  readonly redis: Redis;
  /** Begins every key. */
  readonly prefix: string;
  readonly forMs: number;
  readonly now: () => number;
  /** Heard of each time that it had to be left alone. */
  readonly onAway: (error: Error) => void;
}

const leftAloneForMs = 1_000;
/** An answer that takes longer costs far more than the database's. */
const waitMs = 100;
/** So many at a time: others' questions go between. */
const atOnce = 500;
/** A key that is longer is told by its digest. */
const longestKey = 200;

export class SharedLookupStore implements LookupStore {
  readonly stats: StoreStats = { evictions: 0 };
  readonly limit = 1_000_000;
  #alone = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: SharedStoreSettings) {}

  /** Unknown: Redis is others' too. */
  get size(): number {
    return 0;
  }

  async get(keys: readonly string[]): Promise<readonly unknown[]> {
    const texts = await this.#ask((redis) => redis.mget(keys.map((key) => this.#keyOf(key))));
    return texts.map((text) => {
      try {
        return text === null ? null : (JSON.parse(text) as unknown);
      } catch {
        return null;
      }
    });
  }

  async set(entries: readonly (readonly [key: string, value: object])[]): Promise<void> {
    for (let at = 0; at < entries.length; at += atOnce)
      try {
        await this.#ask((redis) => this.#write(redis, entries.slice(at, at + atOnce)));
      } catch {
        return;
      }
  }

  async #write(redis: Redis, entries: readonly (readonly [key: string, value: object])[]): Promise<void> {
    const pipeline = redis.pipeline();
    for (const [key, value] of entries)
      pipeline.set(this.#keyOf(key), JSON.stringify(value), 'PX', this.settings.forMs);
    await pipeline.exec();
  }

  async #ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const { now, redis, onAway } = this.settings;
    if (now() - this.#alone < leftAloneForMs) throw new Error('Redis is left alone');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      // What has arrived while this process was busy is taken first.
      timer = setTimeout(() => setImmediate(() => reject(new Error('Redis is slow'))), waitMs);
    });
    try {
      return await Promise.race([question(redis), late]);
    } catch (error) {
      this.#alone = now();
      onAway(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #keyOf(key: string): string {
    const told = key.length <= longestKey ? key : `# ${createHash('sha256').update(key).digest('hex')}`;
    return `${this.settings.prefix}mapping:${told}`;
  }
}
