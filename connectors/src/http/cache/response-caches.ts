/** The caches of a process, one for each integration of a tenant, so that no answer ever meets another tenant's question. */
import { ResponseCache, type CacheStatistics } from './response-cache.js';

export interface CacheBounds {
  readonly maxBytesEach: number;
  /** What was used longest ago goes when there are more. */
  readonly mostCaches: number;
}

export const usualCacheBounds: CacheBounds = { maxBytesEach: 16 * 1024 * 1024, mostCaches: 8 };

export class ResponseCaches {
  readonly #caches = new Map<string, ResponseCache>();

  constructor(private readonly bounds: CacheBounds = usualCacheBounds) {}

  /** `scope` names a tenant and its integration. */
  of(scope: string): ResponseCache {
    const cache = this.#caches.get(scope) ?? new ResponseCache(this.bounds.maxBytesEach);
    this.#caches.delete(scope);
    this.#caches.set(scope, cache);
    if (this.#caches.size > this.bounds.mostCaches) this.#caches.delete(this.#caches.keys().next().value!);
    return cache;
  }

  forget(scope: string): void {
    this.#caches.delete(scope);
  }

  statistics(): ReadonlyMap<string, CacheStatistics> {
    return new Map([...this.#caches].map(([scope, cache]) => [scope, cache.statistics]));
  }
}
