/** Migrations go up and down and up again: the same catalogue each time they are up, and nothing of ours when they are down. */
import { beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { migrate } from './migrate.js';
import type { DatabaseUrls } from './provision.js';
import { withSingleConnection } from './single-connection.js';
import { adminUrlOf, emptyDatabase } from './testing/test-database.js';

const name = 'migrations_up_and_down';
let urls: DatabaseUrls;

beforeAll(async () => {
  urls = await emptyDatabase(name);
});

const look = () => withSingleConnection(adminUrlOf(name), snapshot);

test('up, down and up again leave the same catalogue, and down leaves nothing', async () => {
  const { applied } = await migrate(urls.owner);
  const up = await look();
  expect(up.length).toBeGreaterThan(300);

  const undone = await migrate(urls.owner, 'down', Infinity);
  expect(undone.applied.toSorted()).toEqual([...applied].toSorted());
  expect(await look()).toEqual([]);

  await migrate(urls.owner);
  expect(await look()).toEqual(up);
});

test('each migration can be taken back and brought again on its own', async () => {
  const up = await look();
  const { applied } = await migrate(urls.owner, 'down', Infinity);
  const steps: string[][] = [];
  for (const _ of applied) {
    steps.push(await look());
    await migrate(urls.owner, 'up', 1);
  }
  expect(await look()).toEqual(up);
  for (const before of steps.toReversed()) {
    await migrate(urls.owner, 'down');
    expect(await look()).toEqual(before);
  }
  await migrate(urls.owner);
});

test('running them again does nothing, also from several processes at once', async () => {
  const up = await look();
  const again = await Promise.all([migrate(urls.owner), migrate(urls.owner), migrate(urls.owner)]);
  expect(again.map(({ applied }) => applied)).toEqual([[], [], []]);
  expect(await look()).toEqual(up);
});

test('several processes that find an empty database bring it up once', async () => {
  await migrate(urls.owner, 'down', Infinity);
  const results = await Promise.all([migrate(urls.owner), migrate(urls.owner)]);
  expect(results.map(({ applied }) => applied.length).toSorted()).toEqual([0, expect.any(Number)]);
});

/** Everything of ours as lines of text: columns, constraints, indexes, policies, triggers, functions, rights, schemas. */
async function snapshot(client: pg.Client): Promise<string[]> {
  const inPublic = (oid: string) => `${oid} = 'public'::regnamespace`;
  const ours = `c.relname <> 'schema_migrations' AND c.relname NOT LIKE 'schema_migrations_%'`;
  const parts = [
    `SELECT format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE ${inPublic('c.relnamespace')} AND c.relkind IN ('r', 'v', 'm') AND NOT a.attisdropped AND ${ours}`,
    `SELECT format('constraint %s %s', c.relname, pg_get_constraintdef(k.oid)) FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid WHERE ${inPublic('k.connamespace')} AND ${ours}`,
    `SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations'`,
    `SELECT format('policy %s %s %s %s %s %s', tablename, policyname, cmd, roles, qual, with_check) FROM pg_policies`,
    `SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE ${inPublic('c.relnamespace')} AND NOT t.tgisinternal`,
    `SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE ${inPublic('pronamespace')}`,
    `SELECT format('table %s %s %s', c.relname, c.relrowsecurity, c.relforcerowsecurity) FROM pg_class c
       WHERE ${inPublic('c.relnamespace')} AND c.relkind = 'r' AND ${ours}`,
    `SELECT format('right %s %s %s', c.relname, g.grantee::regrole, g.privilege_type) FROM pg_class c, aclexplode(c.relacl) g
       WHERE ${inPublic('c.relnamespace')} AND g.grantee <> c.relowner`,
    `SELECT format('right %s.%s %s %s', c.relname, a.attname, g.grantee::regrole, g.privilege_type)
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) g WHERE ${inPublic('c.relnamespace')}`,
    `SELECT format('schema %s %s %s', nspname, g.grantee::regrole, g.privilege_type) FROM pg_namespace, aclexplode(nspacl) g
       WHERE g.grantee::regrole::text LIKE 'rollcall%' AND nspname IN ('public', 'stage')`,
    `SELECT format('schema %s', nspname) FROM pg_namespace
       WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('public', 'information_schema')`,
    `SELECT format('type %s', typname) FROM pg_type WHERE ${inPublic('typnamespace')} AND typtype IN ('e', 'd')`,
  ];
  const { rows } = await client.query<{ format: string }>(parts.join('\nUNION ALL\n'));
  return rows.map((row) => row.format).toSorted();
}
