/**
 * The one way to the database: a transaction that belongs to one tenant. The tenant is set inside the transaction only, so a
 * pooled connection can never carry it to the next caller, and without it row-level security shows nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseTroubleOf } from '@rollcall/core';
import pg from 'pg';

export type Tx = pg.PoolClient;

/** Who changes rows: the trigger writes it to the change log. */
export interface Origin {
  /** For example `integration:<id>` or `system`. */
  readonly origin?: string;
  readonly runId?: string;
  /** Whether all statements of the transaction see the roster as it was at the first one. */
  readonly snapshot?: boolean;
  /** A statement that takes longer is ended (isTooSlow). */
  readonly longestStatementMs?: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const triesAtRaces = 4;

// Dates stay the text that PostgreSQL sends: a calendar day has no time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export class Database {
  readonly #pool: pg.Pool;

  /** `url` names one of the roles that cannot bypass row-level security; `connections` bounds the pool. */
  constructor(url: string, options: { connections?: number; onError?: (error: Error) => void } = {}) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: options.connections ?? 6,
      connectionTimeoutMillis: 10_000,
      application_name: 'rollcall',
    });
    this.#pool.on('error', (error) => options.onError?.(error));
  }

  /**
   * Runs `work` in one transaction of the tenant: all of it is committed, or nothing. A deadlock or a serialization failure begins it
   * anew, a few times, so `work` must change nothing outside the transaction that may not be changed twice.
   */
  async withTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>, by: Origin = {}): Promise<T> {
    const begin = `BEGIN${by.snapshot ? ' ISOLATION LEVEL REPEATABLE READ' : ''}; SELECT set_config('app.tenant_id', ${literal(tenantId)}, true),
      set_config('app.origin', ${pg.escapeLiteral(by.origin ?? 'system')}, true),
      set_config('app.run', ${by.runId ? literal(by.runId) : "''"}, true)${by.longestStatementMs ? `, set_config('statement_timeout', '${by.longestStatementMs}', true)` : ''}`;
    for (let tries = 1; ; tries += 1)
      try {
        return await this.#transaction(begin, work);
      } catch (error) {
        // All of it was rolled back, so it may be done again from the start.
        if (tries === triesAtRaces || databaseTroubleOf(error as Error) !== 'database_raced') throw error;
        await sleep(Math.random() * 50 * 2 ** tries);
      }
  }

  /** Tenants themselves are not rows of a tenant; nothing else may be read this way. */
  async withoutTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#transaction('BEGIN', work);
  }

  /** As the sweeper, who sees a few columns of the runs of all tenants and nothing more. */
  async asSweeper<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#transaction('BEGIN; SET LOCAL ROLE rollcall_sweeper', work);
  }

  async #transaction<T>(begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    const remember = (error: Error) => (broken = error);
    client.on('error', remember);
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(remember);
      throw error;
    } finally {
      client.off('error', remember);
      client.release(broken);
    }
  }

  /** How busy the pool is now. */
  get load(): { readonly connections: number; readonly waiting: number } {
    return { connections: this.#pool.totalCount, waiting: this.#pool.waitingCount };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** A uuid as an SQL literal. Throws a RangeError for anything else, so that no text reaches SQL this way. */
export function literal(id: string): string {
  if (!uuid.test(id)) throw new RangeError('not a uuid');
  return `'${id.toLowerCase()}'`;
}
