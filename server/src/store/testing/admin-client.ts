/** A connection for looking at catalogues and for breaking things on purpose, closed whatever happens. */
import pg from 'pg';

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What `work` does is taken back, so that a test can break the schema and look at what notices. */
export async function undone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}

/** The SQLSTATE and message of a statement that fails, or its row count; either way its effects are taken back. */
export async function outcome(
  client: pg.Client,
  sql: string,
): Promise<{ rows: number } | { code: string; message: string }> {
  await client.query('SAVEPOINT attempt');
  try {
    const { rowCount } = await client.query(sql);
    return { rows: rowCount ?? 0 };
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    return { code, message };
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT attempt');
  }
}
