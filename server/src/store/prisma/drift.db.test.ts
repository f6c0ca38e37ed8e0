/** Prisma's model and the database's catalogue say the same, table by table and column by column, in both directions. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { prismaModels, type PrismaField, type PrismaModel } from '../testing/prisma-model.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';

/** Kept by node-pg-migrate for itself. */
const notOurs = ['schema_migrations'];
/** Prisma has no word for transaction ids; it leaves the columns out of its model and therefore out of the key. */
const unknownToPrisma = ['change_log.xid', 'mapping_marks.xid', 'sync_chunks.xid'];

let database: TestDatabase;
let tables: Map<string, Table>;
let models: PrismaModel[];

interface Table {
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
}

beforeAll(async () => {
  database = await testDatabase('prisma_drift');
  tables = await catalogue(database.adminUrl);
  models = prismaModels(join(import.meta.dirname, 'schema.prisma'));
});
afterAll(() => database.close());

test('the same tables stand in both', () => {
  expect(models.map(tableName).toSorted()).toEqual([...tables.keys()].toSorted());
  expect(tables.size).toBeGreaterThan(20);
});

describe('of every table', () => {
  test('the columns have the same names, types and nullability', () => {
    for (const model of models)
      expect([model.name, columnsOf(model)]).toEqual([model.name, tables.get(tableName(model))?.columns]);
  });

  test('the primary key has the same columns in the same order', () => {
    for (const model of models) {
      const table = tableName(model);
      const key = tables.get(table)?.key.filter((column) => !unknownToPrisma.includes(`${table}.${column}`));
      expect([table, keyOf(model)]).toEqual([table, key]);
    }
  });
});

const tableName = (model: PrismaModel): string => model.dbName ?? model.name;
const columnName = (field: PrismaField): string => field.dbName ?? field.name;

function columnsOf(model: PrismaModel): Record<string, string> {
  return Object.fromEntries(model.fields.filter((f) => f.kind !== 'object').map((f) => [columnName(f), typeOf(f)]));
}

function keyOf(model: PrismaModel): string[] {
  const names = model.primaryKey?.fields ?? model.fields.filter((f) => f.isId).map((f) => f.name);
  return names.map((name) => columnName(model.fields.find((f) => f.name === name)!));
}

/** As PostgreSQL writes it. Whether a list may be null, Prisma does not say. */
function typeOf(field: PrismaField): string {
  const native = field.nativeType ? `${field.nativeType[0]}(${field.nativeType[1].join()})` : field.type;
  const base = sqlTypes[native];
  if (!base) throw new Error(`${field.name}: no SQL type is known for ${native}`);
  if (field.isList) return `${base}[]`;
  return field.isRequired ? `${base} not null` : base;
}

const sqlTypes: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Bytes: 'bytea',
  Boolean: 'boolean',
  Json: 'jsonb',
  'Json()': 'json',
  'Uuid()': 'uuid',
  'Date()': 'date',
  'SmallInt()': 'smallint',
  'Timestamptz(6)': 'timestamp with time zone',
};

async function catalogue(url: string): Promise<Map<string, Table>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string } & Table>(
      `SELECT c.relname AS name,
       (SELECT json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull AND a.attndims = 0 THEN ' not null' ELSE '' END)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND c.relname || '.' || a.attname <> ALL ($2)) AS columns,
       (SELECT json_agg(a.attname ORDER BY k.n) FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE i.indrelid = c.oid AND i.indisprimary) AS key
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($1)`,
      [notOurs, unknownToPrisma],
    );
    return new Map(rows.map(({ name, columns, key }) => [name, { columns, key }]));
  } finally {
    await client.end();
  }
}
