/** The mapping service of a process, with the cache that it has: Redis where there is one, its own memory where there is none. */
import type { Log } from '@rollcall/connectors';
import { openLookupStore } from '../cluster/open-lookup-store.js';
import { LinkReader } from '../mapping/cache/link-reader.js';
import { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import type { Database } from '../store/database.js';
import { sample, type MetricsRegistry } from '../telemetry/metrics.js';
import { systemClock } from '../telemetry/system-clock.js';

interface MappingParts {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
}

export function openMappings(
  { db, log, metrics }: MappingParts,
  redisUrl: string | undefined,
  prefix: string,
): { mappings: ExternalIdMappingService; close(): void } {
  const { store, close } = openLookupStore(redisUrl, prefix, { clock: systemClock, log, metrics });
  metrics.ask(() => [sample('rollcall_mapping_cache_entries', store.size, {})]);
  return { mappings: new ExternalIdMappingService(db, new LinkReader({ db, store, metrics })), close };
}
