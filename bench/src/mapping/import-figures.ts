/** The import of a file, in a process of its own that does nothing else, so that its memory is the import's. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { startNode } from '../child-process.js';
import type { ThrowawayServer } from '../throwaway-server.js';
import { openTenant } from './fill-mappings.js';
import type { MappingParts } from './mapping-parts.js';

export interface ImportFigures {
  readonly rowsPerSecond: number;
  readonly peakRssMb: number;
}

export interface ImportTask {
  readonly url: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly file: string;
}

export interface ImportOutcome {
  readonly created: number;
  readonly seconds: number;
  readonly peakRssMb: number;
}

interface Task {
  readonly server: ThrowawayServer;
  readonly parts: MappingParts;
  readonly url: string;
  readonly rows: number;
  readonly log: (line: string) => void;
}

export async function measureImport({ server, parts, url, rows, log }: Task): Promise<ImportFigures> {
  const scope = await openTenant(parts, url, 'imported');
  await server.query(
    'product',
    `ALTER TABLE users DISABLE TRIGGER USER;
     INSERT INTO users (tenant_id, id, given_name, family_name)
     SELECT '${scope.tenantId}', md5(n::text)::uuid, 'Ada', 'Invented' FROM generate_series(1, ${rows}) n;
     ALTER TABLE users ENABLE TRIGGER USER;`,
  );
  await server.query('product', 'VACUUM ANALYZE users');
  const ids = await server.query<{ id: string }>(
    'product',
    `SELECT md5(n::text)::uuid AS id FROM generate_series(1, ${rows}) n`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-import-'));
  try {
    const file = join(folder, 'mappings.csv');
    await pipeline(Readable.from(linesOf(ids)), createWriteStream(file));
    await server.checkpoint();
    const outcome = await inOwnProcess({ url, ...scope, file });
    if (outcome.created !== rows) throw new Error(`${outcome.created} of ${rows} rows were imported`);
    const figures = {
      rowsPerSecond: Math.round(rows / outcome.seconds),
      peakRssMb: Math.round(outcome.peakRssMb),
    };
    log(`mapping: import ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* linesOf(ids: readonly { id: string }[]): Generator<string> {
  yield 'entity,externalId,localId\n';
  for (let at = 0; at < ids.length; at += 1_000)
    yield ids
      .slice(at, at + 1_000)
      .map(({ id }, n) => `users,imported-${String((at + n) * 7919).padStart(12, '0')},${id}\n`)
      .join('');
}

async function inOwnProcess(task: ImportTask): Promise<ImportOutcome> {
  const child = startNode(fileURLToPath(new URL('./import-process.js', import.meta.url)), [JSON.stringify(task)]);
  let output = '';
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`the import did not finish (code ${code})`);
  return JSON.parse(output) as ImportOutcome;
}
