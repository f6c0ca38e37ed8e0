/** The two connections that the bench's own loaders write with. */
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const connections = 2;

export class Writers {
  readonly #pool: pg.Pool;

  private constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: connections, options: '-c search_path=plain' });
  }

  /** Connected and ready, so that no connection is part of what is timed. */
  static async open(url: string): Promise<Writers> {
    const writers = new Writers(url);
    await Promise.all(
      Array.from({ length: connections }, () => writers.with((client) => client.query('SELECT pg_sleep(0.05)'))),
    );
    return writers;
  }

  async with<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Copies lines into a table; nothing is sent for no lines. */
export async function copyLines(client: pg.PoolClient, into: string, lines: string): Promise<void> {
  if (lines === '') return;
  const stream = client.query(copyFrom(`COPY ${into} FROM STDIN`));
  await new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve).once('error', reject);
    stream.end(Buffer.from(lines));
  });
}
