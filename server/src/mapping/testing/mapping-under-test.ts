/** The service on a database of its own, as several processes would have it: each with a cache and connections of its own. */
import { randomUUID } from 'node:crypto';
import { LocalLookupStore, type LookupStore } from '../../cluster/lookup-store.js';
import { Database } from '../../store/database.js';
import type { LinkScope } from '../../store/mappings/link.js';
import { seedTenant, type SeededTenant } from '../../store/testing/seed-tenant.js';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { LinkReader } from '../cache/link-reader.js';
import { ExternalIdMappingService } from '../external-id-mapping-service.js';

export interface MappingUnderTest {
  readonly database: TestDatabase;
  readonly school: SeededTenant;
  readonly users: LinkScope;
  readonly service: ExternalIdMappingService;
  /** Another process's. */
  process(store?: LookupStore | null): ExternalIdMappingService;
  /** So many invented users of ours without a link; their ids. */
  people(count: number): Promise<string[]>;
  close(): Promise<void>;
}

export const by = { actor: 'Ada Quill', reason: 'a test' };
export const noMetrics = { count: () => undefined, time: () => undefined };

export const localStore = (limit = 1_000): LocalLookupStore =>
  new LocalLookupStore({ limit, forMs: 1_800_000, now: () => performance.now() });

export async function mappingUnderTest(name: string): Promise<MappingUnderTest> {
  const database = await testDatabase(name);
  const school = await seedTenant(database.app, database.tenantId);
  // No run of the seed is to stand in the way.
  const { tenantId, integrationId } = school;
  const opened: Database[] = [];
  const process = (store: LookupStore | null = localStore()) => {
    const db = new Database(database.urls.app, { connections: 4 });
    opened.push(db);
    return new ExternalIdMappingService(db, new LinkReader({ db, store, metrics: noMetrics }));
  };
  return {
    database,
    school,
    users: { tenantId, integrationId, entity: 'users' },
    service: process(),
    process,
    people: (count) => insertPeople(database, tenantId, count),
    async close() {
      await Promise.all(opened.map((db) => db.close()));
      await database.close();
    },
  };
}

async function insertPeople({ app }: TestDatabase, tenantId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await app.withTenant(tenantId, (tx) =>
    tx.query(
      `INSERT INTO users (tenant_id, id, given_name, family_name) SELECT $1, x, 'Cy', 'Invented' FROM unnest($2::uuid[]) x`,
      [tenantId, ids],
    ),
  );
  return ids;
}
