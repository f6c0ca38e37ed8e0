/** One session of its own, outside every pool. A server that ends it fails the next statement, and never the process. */
import pg from 'pg';

/** Connected, and ended whatever `work` does. */
export async function withSingleConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = singleConnection(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Not connected yet. Without its listener a session lost between two statements would end the process. */
export function singleConnection(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  return client;
}
