/** Breaks things on purpose, and takes back what it did. */
import type pg from 'pg';

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
