/** What one tenant can do to another's rows of a table, tried with real statements under the present role of the connection. */
import type pg from 'pg';
import { literal } from '../database.js';
import { outcome } from './admin-client.js';

export async function tenantTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname`,
  );
  return rows.map((row) => row.name);
}

/** Both tenants have rows in the table. Runs inside a transaction, of which nothing stays. */
export async function tenancyFaults(client: pg.Client, table: string, ours: string, theirs: string): Promise<string[]> {
  const faults: string[] = [];
  const expectThat = (holds: boolean, fault: string) => void (holds || faults.push(`${table}: ${fault}`));
  const become = (tenant: string) => client.query(`SELECT set_config('app.tenant_id', '${tenant}', true)`);
  const count = async (where = 'true') => {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`);
    return rows[0]!.n;
  };
  const isTheirs = `tenant_id = ${literal(theirs)}`;

  await become('');
  expectThat((await count()) === 0, 'rows are visible without a tenant');
  await become(theirs);
  const { rows: samples } = await client.query<{ row: string }>(
    `SELECT to_json(t)::text AS row FROM ${table} t LIMIT 1`,
  );
  expectThat(samples.length === 1, 'a tenant does not see its own rows');
  await become(ours);
  expectThat((await count(`tenant_id = ${literal(ours)}`)) > 0, 'a tenant does not see its own rows');
  expectThat((await count(`tenant_id <> ${literal(ours)}`)) === 0, 'rows of another tenant are visible');
  for (const sql of [
    `UPDATE ${table} SET tenant_id = tenant_id WHERE ${isTheirs}`,
    `DELETE FROM ${table} WHERE ${isTheirs}`,
  ])
    expectThat(touchesNothing(await outcome(client, sql)), `${sql.split(' ')[0]} reaches rows of another tenant`);
  const moved = await outcome(client, `UPDATE ${table} SET tenant_id = ${literal(theirs)}`);
  expectThat(isDenied(moved), 'a row can be moved to another tenant');
  if (samples.length === 1) {
    const copy = `INSERT INTO ${table} OVERRIDING SYSTEM VALUE
      SELECT * FROM json_populate_record(null::${table}, '${samples[0]!.row.replaceAll("'", "''")}')`;
    expectThat(isRefusedByPolicy(await outcome(client, copy)), 'a row can be given to another tenant');
  }
  return faults;
}

type Outcome = Awaited<ReturnType<typeof outcome>>;

const isDenied = (result: Outcome): boolean => 'code' in result && result.code === '42501';
const touchesNothing = (result: Outcome): boolean => isDenied(result) || ('rows' in result && result.rows === 0);
const isRefusedByPolicy = (result: Outcome): boolean =>
  isDenied(result) && 'message' in result && result.message.includes('row-level security');
