/** The parts of the product that a bench wires together. */
import { productModule } from './product-module.js';

/** All that is needed, of whatever room, under the names they have there. */
export async function productParts() {
  const [database, integrations, tenants, engine, context, request, undo, runs, lease, report] = await Promise.all([
    productModule<typeof import('../../../server/src/store/database.js')>('store/database.js'),
    productModule<typeof import('../../../server/src/store/integrations.js')>('store/integrations.js'),
    productModule<typeof import('../../../server/src/store/tenants.js')>('store/tenants.js'),
    productModule<typeof import('../../../server/src/sync/data-sync-engine.js')>('sync/data-sync-engine.js'),
    productModule<typeof import('../../../server/src/sync/run-context.js')>('sync/run-context.js'),
    productModule<typeof import('../../../server/src/sync/request-run.js')>('sync/request-run.js'),
    productModule<typeof import('../../../server/src/sync/request-undo.js')>('sync/request-undo.js'),
    productModule<typeof import('../../../server/src/store/runs.js')>('store/runs.js'),
    productModule<typeof import('../../../server/src/sync/with-lease.js')>('sync/with-lease.js'),
    productModule<typeof import('../../../server/src/sync/report.js')>('sync/report.js'),
  ]);
  return {
    ...database,
    ...integrations,
    ...tenants,
    ...engine,
    ...context,
    ...request,
    ...undo,
    ...runs,
    ...lease,
    ...report,
  };
}
