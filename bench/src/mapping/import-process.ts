/** One import, timed from its first byte to its commit. */
import { createReadStream } from 'node:fs';
import { productModule } from '../product/product-module.js';
import type { ImportOutcome, ImportTask } from './import-figures.js';

const task = JSON.parse(process.argv[2] ?? '{}') as ImportTask;
const { Database } = await productModule<typeof import('../../../server/src/store/database.js')>('store/database.js');
const { importMappings } = await productModule<
  typeof import('../../../server/src/mapping/transfer/import-mappings.js')
>('mapping/transfer/import-mappings.js');
const db = new Database(task.url, { connections: 2 });
const { tenantId, integrationId } = task;
const began = performance.now();
const wish = {
  tenantId,
  integrationId,
  format: 'csv',
  mode: 'all-or-nothing',
  dryRun: false,
  report: 'refused',
} as const;
const by = { actor: 'bench', reason: 'bench' };
const { created } = await importMappings(db, wish, createReadStream(task.file), by, () => undefined);
const seconds = (performance.now() - began) / 1000;
await db.close();
const outcome: ImportOutcome = { created, seconds, peakRssMb: process.resourceUsage().maxRSS / 1024 };
console.log(JSON.stringify(outcome));
