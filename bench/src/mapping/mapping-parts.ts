/** The product's own compiled modules around mappings. */
import { productModule } from '../product/product-module.js';

export async function mappingParts() {
  const [database, tenants, integrations, reader, service, transfer, local, shared, redis] = await Promise.all([
    productModule<typeof import('../../../server/src/store/database.js')>('store/database.js'),
    productModule<typeof import('../../../server/src/store/tenants.js')>('store/tenants.js'),
    productModule<typeof import('../../../server/src/store/integrations.js')>('store/integrations.js'),
    productModule<typeof import('../../../server/src/mapping/cache/link-reader.js')>('mapping/cache/link-reader.js'),
    productModule<typeof import('../../../server/src/mapping/external-id-mapping-service.js')>(
      'mapping/external-id-mapping-service.js',
    ),
    productModule<typeof import('../../../server/src/mapping/transfer/import-mappings.js')>(
      'mapping/transfer/import-mappings.js',
    ),
    productModule<typeof import('../../../server/src/cluster/lookup-store.js')>('cluster/lookup-store.js'),
    productModule<typeof import('../../../server/src/cluster/shared-lookup-store.js')>(
      'cluster/shared-lookup-store.js',
    ),
    productModule<typeof import('../../../server/src/jobs/testing/redis-under-test.js')>(
      'jobs/testing/redis-under-test.js',
    ),
  ]);
  return {
    ...database,
    ...tenants,
    ...integrations,
    ...reader,
    ...service,
    ...transfer,
    ...local,
    ...shared,
    ...redis,
  };
}

export type MappingParts = Awaited<ReturnType<typeof mappingParts>>;

export const quietMetrics = { count: () => undefined, time: () => undefined };
