/** Prisma's own model of schema.prisma (its DMMF), got the way that generators get it: asked for over a pipe. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PrismaModel {
  readonly name: string;
  readonly dbName: string | null;
  readonly fields: readonly PrismaField[];
  readonly primaryKey: { readonly fields: readonly string[] } | null;
}

export interface PrismaField {
  readonly name: string;
  readonly dbName?: string | null;
  readonly kind: string;
  /** Prisma's type, or what stands in Unsupported("…"). */
  readonly type: string;
  readonly nativeType?: readonly [string, readonly string[]] | null;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
}

export function prismaModels(schemaFile: string): PrismaModel[] {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-dmmf-'));
  try {
    const [schema, generator, answer] = ['schema.prisma', 'generator.cjs', 'model.json'].map((file) =>
      join(folder, file),
    );
    writeFileSync(generator!, generatorText);
    writeFileSync(
      schema!,
      readFileSync(schemaFile, 'utf8').replace(/generator client \{[^}]*\}/, generatorBlock(generator!)),
    );
    const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
    const result = spawnSync(process.execPath, [prisma, 'generate', '--no-hints', `--schema=${schema}`], {
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        // Any file that exists keeps Prisma from downloading an engine that it does not need here.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
        ROLLCALL_MODEL_FILE: answer,
      },
    });
    if (result.status !== 0) throw new Error(result.stderr || result.stdout);
    return (JSON.parse(readFileSync(answer!, 'utf8')) as { models: PrismaModel[] }).models;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const generatorBlock = (script: string): string =>
  `generator model {\n  provider = ${JSON.stringify(`"${process.execPath}" "${script}"`)}\n}`;

// Prisma speaks JSON-RPC to a generator: requests on its standard input, answers on its standard error.
const generatorText = `
const { writeFileSync } = require('node:fs');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'generate') writeFileSync(process.env.ROLLCALL_MODEL_FILE, JSON.stringify(params.dmmf.datamodel));
  const result = method === 'getManifest' ? { manifest: { prettyName: 'model', defaultOutput: '.' } } : null;
  process.stderr.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});
`;
