/** Plants every kind of forbidden import in a copy of the sources: the rules must name each, and nothing in the clean copy. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverRooms, workspaces } from '../tools/rooms.mjs';
import { lintTools } from './lint-tools.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let copy;
let cruiser;

beforeAll(async () => {
  cruiser = (await lintTools())('dependency-cruiser', 'depcruise');
  copy = mkdtempSync(join(realpathSync(tmpdir()), 'rollcall-rooms-'));
  for (const folder of [...Object.keys(workspaces).map((name) => `${name}/src`), 'tools/rooms.mjs'])
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'tools/dependency-rules.mjs', ...manifests()])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const room of serverRooms.flat()) plant(`server/src/${room}/planted.ts`, `export const ${room} = 1;\n`);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

const manifests = () => Object.keys(workspaces).map((name) => `${name}/package.json`);

function plant(file, text) {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

/** "rule: from" of every violation, once what is planted has been looked at; the plants are removed again. */
function violations(plants = {}) {
  for (const [file, text] of Object.entries(plants)) plant(file, text);
  try {
    const args = ['--config', 'tools/dependency-rules.mjs', '--output-type', 'json'];
    const result = spawnSync(process.execPath, [cruiser, ...args, ...Object.keys(workspaces).map((n) => `${n}/src`)], {
      cwd: copy,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const { summary } = JSON.parse(result.stdout);
    return [...new Set(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`))];
  } finally {
    for (const file of Object.keys(plants)) rmSync(join(copy, file));
  }
}

const tool = (name) => `import * as tool from '${name}';\nexport const a = tool;\n`;

/** What is forbidden, the rule that must say so, and the files that do it; the first of them is the one to be named. */
const forbidden = [
  [
    'an import from a room above',
    'server-config-imports-upward-or-sideways',
    { 'server/src/config/up.ts': "import { store } from '../store/planted.js';\nexport const a = store;\n" },
  ],
  [
    'a mere type from a room above',
    'server-store-imports-upward-or-sideways',
    { 'server/src/store/up.ts': "import type { sync } from '../sync/planted.js';\nexport type A = typeof sync;\n" },
  ],
  [
    'an import between strangers',
    'server-quality-imports-upward-or-sideways',
    { 'server/src/quality/side.ts': "import { alerts } from '../alerts/planted.js';\nexport const a = alerts;\n" },
  ],
  [
    'an import from a workspace above',
    'core-imports-upward',
    { 'core/src/up.ts': "import { config } from '../../server/src/config/planted.js';\nexport const a = config;\n" },
  ],
  [
    'a cycle',
    'no-cycles',
    {
      'server/src/mapping/one.ts': "import { two } from './two.js';\nexport const one = (): number => two();\n",
      'server/src/mapping/two.ts': "import { one } from './one.js';\nexport const two = (): number => one();\n",
    },
  ],
  ['pg outside the store', 'pg-outside-its-rooms', { 'server/src/sync/pg.ts': tool('pg') }],
  ['NestJS below the doors', 'nestjs-outside-its-rooms', { 'server/src/jobs/nest.ts': tool('@nestjs/common') }],
  ['BullMQ outside jobs', 'bullmq-outside-its-rooms', { 'server/src/api/bull.ts': tool('bullmq') }],
  ['Redis outside the cluster', 'ioredis-outside-its-rooms', { 'server/src/sync/redis.ts': tool('ioredis') }],
  ['axios outside its room', 'axios-outside-its-rooms', { 'connectors/src/timeback/http.ts': tool('axios') }],
  ['commander below the doors', 'commander-outside-its-rooms', { 'server/src/config/line.ts': tool('commander') }],
  ['Node in core', 'core-imports-zod-only', { 'core/src/node.ts': tool('node:fs') }],
  ['another package in core', 'core-imports-zod-only', { 'core/src/other.ts': tool('rxjs') }],
  ['a package in the sandbox', 'sandbox-stands-alone', { 'timeback-sandbox/src/zod.ts': tool('zod') }],
  [
    'the product in the sandbox',
    'timeback-sandbox-imports-upward',
    { 'timeback-sandbox/src/core.ts': tool('@rollcall/core') },
  ],
  [
    'Prisma’s generated client outside the store',
    'prisma-stays-in-store',
    {
      'server/src/sync/prisma.ts': tool('../store/prisma/planted.js'),
      'server/src/store/prisma/planted.ts': 'export const a = 1;\n',
    },
  ],
  ['a barrel file', 'no-barrel-files', { 'server/src/store/index.ts': "export { store } from './planted.js';\n" }],
  ['a file that passes on', 'no-passing-on', { 'server/src/store/all.ts': "export * from './planted.js';\n" }],
  ['a file that is not there', 'no-missing-files', { 'server/src/store/gone.ts': tool('./nowhere.js') }],
];

describe('the rules of the rooms', () => {
  let found;
  beforeAll(() => {
    found = violations(Object.assign({}, ...forbidden.map(([, , plants]) => plants)));
  });

  test('pass the sources as they are', () => {
    expect(violations()).toEqual([]);
  });

  test.each(forbidden)('refuse %s', (_, rule, plants) => {
    expect(found).toContain(`${rule}: ${Object.keys(plants)[0]}`);
  });
});
