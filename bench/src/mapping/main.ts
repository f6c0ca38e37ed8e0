/**
 * The bench of mappings: look-ups out of the process's cache, out of Redis and out of the database, and the import of a file. It brings its
 * own PostgreSQL and Redis on loopback and leaves nothing behind.
 */
import { benchCommand, linesOf } from '../bench-command.js';
import { endChildren } from '../child-process.js';
import { startServer } from '../throwaway-server.js';
import { fillMappings } from './fill-mappings.js';
import { measureImport } from './import-figures.js';
import { measureLookups } from './lookup-figures.js';
import { mappingParts } from './mapping-parts.js';

const usage = `npm run -s bench:mapping [-- --records N] [--import N] [--json]
  --records   mappings among which is looked up (5000000)
  --import    rows of the file that is imported (1000000)
  --json      one JSON object on standard output instead of lines`;

const flags = { records: { usual: 5_000_000, least: 1_000 }, import: { usual: 1_000_000, least: 1_000 } };

await benchCommand({ usage, flags }, async ({ records, import: rows }, log) => {
  const server = await startServer(log);
  try {
    const parts = await mappingParts();
    const { product } = await server.createDatabases(['product']);
    const filled = await fillMappings({ server, parts, url: product, records, log });
    const lookups = await measureLookups({ parts, url: product, filled, log });
    const imported = await measureImport({ server, parts, url: product, rows, log });
    const report = { records, ...lookups, import: imported };
    return { report, text: linesOf(report) };
  } finally {
    await server.stop();
    endChildren();
  }
});
