/** Tells what this process's caches of answers hold, and does once with them what people have ordered since it began. */
import { randomUUID } from 'node:crypto';
import type { ResponseCaches } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { cacheOrders, tellCache } from '../store/source-caches.js';

export class CacheKeeper {
  readonly process = randomUUID().slice(0, 8);
  readonly #done = new Set<string>();
  readonly #told = new Map<string, string>();

  constructor(private readonly caches: ResponseCaches) {}

  /** Throws when the database is away; nothing is lost then. */
  async look(db: Database): Promise<void> {
    for (const [scope, figures] of this.caches.statistics()) {
      const [tenantId, integrationId] = scope.split(' ') as [string, string];
      const of = { tenantId, integrationId };
      const text = JSON.stringify(figures);
      const orders = await db.withTenant(tenantId, async (tx) => {
        const found = await cacheOrders(tx, of);
        if (this.#told.get(scope) !== text || found.some(({ id }) => !this.#done.has(id)))
          await tellCache(tx, of, this.process, figures);
        return found;
      });
      this.#told.set(scope, text);
      for (const { id, endpoint } of orders) {
        if (this.#done.has(id)) continue;
        this.#done.add(id);
        const cache = this.caches.of(scope);
        if (endpoint === '') cache.clear();
        else cache.invalidate([endpoint]);
        // What it holds now is told with the next look.
        this.#told.delete(scope);
      }
    }
  }
}
