/** What the processes' caches of a source's answers hold, and what people want done with them. */
import type { Tx } from './database.js';

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}

export interface CacheFigures {
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly revalidated: number;
  readonly stale: number;
  readonly misses: number;
  readonly evicted: number;
}

export interface CacheOfProcess extends CacheFigures {
  /** A name that tells nothing of the machine. */
  readonly process: string;
  readonly seenAt: Date;
}

export interface CacheOrder {
  readonly id: string;
  /** Empty for all. */
  readonly endpoint: string;
}

/** A process that has said nothing for so long has ended. */
const silentMinutes = 10;

/** An integration that is not there any more is left out. */
export async function tellCache(tx: Tx, of: Key, process: string, figures: CacheFigures): Promise<void> {
  const { entries, bytes, hits, revalidated, stale, misses, evicted } = figures;
  await tx.query(
    `INSERT INTO source_caches (tenant_id, integration_id, process, entries, bytes, hits, revalidated, stale, misses, evicted)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM integrations WHERE tenant_id = $1 AND id = $2
     ON CONFLICT (tenant_id, integration_id, process) DO UPDATE SET entries = excluded.entries, bytes = excluded.bytes,
       hits = excluded.hits, revalidated = excluded.revalidated, stale = excluded.stale, misses = excluded.misses,
       evicted = excluded.evicted, seen_at = now()`,
    [of.tenantId, of.integrationId, process, entries, bytes, hits, revalidated, stale, misses, evicted],
  );
}

/** Of the processes that live. */
export async function cachesOf(tx: Tx, of: Key): Promise<CacheOfProcess[]> {
  await tx.query(`DELETE FROM source_caches WHERE tenant_id = $1 AND seen_at < now() - make_interval(mins => $2)`, [
    of.tenantId,
    silentMinutes,
  ]);
  const { rows } = await tx.query<CacheOfProcess>(
    `SELECT process, entries, bytes, hits, revalidated, stale, misses, evicted, seen_at AS "seenAt" FROM source_caches
     WHERE tenant_id = $1 AND integration_id = $2 ORDER BY process`,
    [of.tenantId, of.integrationId],
  );
  return rows;
}

export async function orderCacheCleared(tx: Tx, of: Key, endpoint: string, actor: string): Promise<void> {
  await tx.query(`DELETE FROM cache_orders WHERE tenant_id = $1 AND ordered_at < now() - interval '1 day'`, [
    of.tenantId,
  ]);
  await tx.query('INSERT INTO cache_orders (tenant_id, integration_id, endpoint, ordered_by) VALUES ($1, $2, $3, $4)', [
    ...[of.tenantId, of.integrationId, endpoint, actor],
  ]);
}

/** Of the last hour; a cache that was not looked after for longer is as good as new to whoever asks. */
export async function cacheOrders(tx: Tx, of: Key): Promise<CacheOrder[]> {
  const { rows } = await tx.query<CacheOrder>(
    `SELECT id, endpoint FROM cache_orders
     WHERE tenant_id = $1 AND integration_id = $2 AND ordered_at > now() - interval '1 hour' ORDER BY id`,
    [of.tenantId, of.integrationId],
  );
  return rows;
}
