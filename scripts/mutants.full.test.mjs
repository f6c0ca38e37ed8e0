/**
 * Tests of the tests: each promise below is broken in a copy of the sources, and the suite that guards it must turn red. A
 * mutant that survives means that the promise is not proven.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const copied = [
  'core',
  'connectors',
  'server',
  'timeback-sandbox',
  'bench',
  'faults',
  'scripts',
  'launcher',
  'package.json',
  'jest.config.mjs',
];

const mutants = [
  {
    promise: 'every write proves its fence',
    file: 'server/src/store/leases.ts',
    from: 'if (rowCount !== 1) throw',
    to: 'if (rowCount === -1) throw',
    suite: 'sync/crash',
    test: 'a worker whose lease was taken',
  },
  {
    promise: 'a page and its rows are one transaction',
    file: 'server/src/sync/read-pages.ts',
    from: 'await writeStage(tx, run.runId, entity, lines);',
    to: 'await write(context, (own) => writeStage(own, run.runId, entity, lines));',
    suite: 'sync/stage',
    test: 'has no row of a page',
  },
  {
    promise: 'the guard holds back what is unusual',
    file: 'core/src/changes/limits.ts',
    from: 'if (rows === 0) return null;',
    to: 'if (rows >= 0) return null;',
    suite: 'sync/removal',
    test: 'a lost school',
  },
  {
    promise: 'removal needs a complete read',
    file: 'server/src/sync/judge-read.ts',
    from: 'if (distinct === 0 && activeBefore > 0)',
    to: 'if (distinct < 0)',
    suite: 'sync/removal',
    test: 'an emptied collection',
  },
  {
    promise: 'a chunk and the mark that it is done are one transaction',
    file: 'server/src/sync/apply.ts',
    from: 'const digest = await finishChunk(tx, scope, chunk, counts);',
    to: 'const digest = await write(context, (own) => finishChunk(own, scope, chunk, counts));',
    suite: 'sync/crash',
    test: 'death at chunk.written',
  },
  {
    promise: 'a unique index lets one run at a time claim an entity of an integration',
    file: 'server/src/store/migrations/0003_runs.sql',
    from: 'CREATE UNIQUE INDEX run_entities_claim',
    to: 'CREATE INDEX run_entities_claim',
    suite: 'faults/src/runner/inner-stage',
    test: 'at once',
  },
];

let copy;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'rollcall-mutants-'));
  for (const part of copied)
    await cp(join(root, part), join(copy, part), { recursive: true, filter: (path) => !path.includes('node_modules') });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

const jest = (mutant) =>
  new Promise((done) => {
    const args = [join('node_modules', 'jest', 'bin', 'jest.js'), mutant.suite, '-t', mutant.test, '--runInBand'];
    const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules' };
    execFile(process.execPath, args, { cwd: copy, env, timeout: 840_000 }, (error, stdout, stderr) =>
      done({ green: error === null, output: `${stdout}${stderr}` }),
    );
  });

describe.each(mutants)('without this promise a test is red: $promise', (mutant) => {
  it(`${mutant.suite} notices`, async () => {
    const path = join(copy, mutant.file);
    const source = await readFile(path, 'utf8');
    expect(source.split(mutant.from)).toHaveLength(2);
    await writeFile(path, source.replace(mutant.from, mutant.to));
    try {
      const { green, output } = await jest(mutant);
      expect({ green, ran: /Tests:.*\d+ failed/.test(output) }).toEqual({ green: false, ran: true });
    } finally {
      await writeFile(path, source);
    }
  }, 900_000);
});
