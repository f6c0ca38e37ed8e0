/**
 * Generates Prisma's client when its schema or Prisma's version has changed since. Prisma's schema engine, a download that
 * closed networks do not have, is not needed for that.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function generateClient(node) {
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  const result = spawnSync(node, [prisma, 'generate', '--no-hints', `--schema=${schema}`], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // Any file that exists keeps Prisma from downloading the engine, which `generate` never calls.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (result.status !== 0) throw new Error(`Prisma could not generate its client: ${result.stderr || result.stdout}`);
  writeFileSync(stamp, fingerprint());
}

export function isClientFresh() {
  if (!existsSync(schema)) return true;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const schema = join(root, 'server', 'src', 'store', 'prisma', 'schema.prisma');
const stamp = join(dirname(schema), 'generated', '.generated-from');

function fingerprint() {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'));
  return createHash('sha256').update(version).update(readFileSync(schema)).digest('hex');
}
