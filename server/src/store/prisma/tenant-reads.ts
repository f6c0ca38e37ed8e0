/**
 * Prisma's way to the database: transactions of one tenant that can only read. Row-level security holds here as it does on
 * `Database`; the client is loaded with the first read, so that a process which reads nothing through it never pays for it.
 */
import { Fault } from '@rollcall/core';
import pg from 'pg';
import { literal } from '../database.js';
import { isUnavailable } from '../trouble.js';
import type { Prisma, PrismaClient } from './generated/client.js';

export type ReadTx = Prisma.TransactionClient;

export class TenantReads {
  readonly #pool: pg.Pool;
  #client: Promise<PrismaClient> | null = null;

  /** `url` names the application's role; `connections` bounds the pool. */
  constructor(url: string, options: { connections?: number } = {}) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: options.connections ?? 4,
      connectionTimeoutMillis: 10_000,
      application_name: 'rollcall reads',
    });
    // A broken idle connection concerns nobody: the pool drops it, and the next read opens another.
    this.#pool.on('error', () => undefined);
  }

  /** Throws a RangeError for what is not a uuid, and Fault unavailable when the database cannot be reached. */
  async withTenant<T>(tenantId: string, work: (tx: ReadTx) => Promise<T>): Promise<T> {
    literal(tenantId);
    try {
      const client = await (this.#client ??= connect(this.#pool));
      return await client.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT set_config('app.tenant_id', ${tenantId}, true), set_config('transaction_read_only', 'on', true)`;
        return work(tx);
      });
    } catch (error) {
      if (isUnavailable(error)) throw new Fault('unavailable', 'The database does not answer.', { cause: error });
      throw error;
    }
  }

  async close(): Promise<void> {
    await (await this.#client)?.$disconnect();
    await this.#pool.end();
  }
}

async function connect(pool: pg.Pool): Promise<PrismaClient> {
  const [{ PrismaClient }, { PrismaPg }] = await Promise.all([
    import('./generated/client.js'),
    import('@prisma/adapter-pg'),
  ]);
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}
