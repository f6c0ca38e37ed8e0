/**
 * A database that fails on purpose: a transaction or a statement is refused before it is done, done and then reported as failed, or
 * done late. And it can die, as the process that holds it would: nothing that comes later is carried out or committed.
 */
import { Database, type Origin, type Tx } from '@rollcall/server/store/database.js';

/** The nth transaction or statement from now on, and `times` in a row. */
export interface Strike {
  readonly at: 'transaction' | 'statement';
  readonly nth: number;
  readonly times?: number;
  readonly how: 'before' | 'after' | 'delay';
  readonly error?: () => Error;
  /** What a delay waits for. */
  readonly wait?: () => Promise<unknown>;
  /** Only statements that it matches count. */
  readonly like?: RegExp;
}

/** The end of a process, as far as its own code can see it. */
export class Death extends Error {
  override name = 'Death';
}

export class FaultyDatabase extends Database {
  #strikes: { strike: Strike; seen: number }[] = [];
  #dead = false;
  struck = 0;

  /** `url` is never connected to: all work goes to the healthy one. */
  constructor(
    url: string,
    private readonly healthy: Database,
  ) {
    super(url, { connections: 1 });
  }

  strike(...strikes: Strike[]): void {
    this.#strikes.push(...strikes.map((strike) => ({ strike, seen: 0 })));
  }

  heal(): void {
    this.#strikes = [];
  }

  die(): Death {
    this.#dead = true;
    return new Death('the process is dead');
  }

  override withTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>, by?: Origin): Promise<T> {
    return this.#around((mine) => this.healthy.withTenant(tenantId, mine, by), work);
  }

  override withoutTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#around((mine) => this.healthy.withoutTenant(mine), work);
  }

  override asSweeper<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#around((mine) => this.healthy.asSweeper(mine), work);
  }

  async #around<T>(
    transaction: (work: (tx: Tx) => Promise<T>) => Promise<T>,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    this.#live();
    const hit = this.#hit('transaction');
    if (hit?.how === 'before') throw hit.error!();
    if (hit?.how === 'delay') await hit.wait!();
    const result = await transaction(async (tx) => {
      this.#live();
      const done = await work(this.#watched(tx));
      // Whoever is dead asks for no commit.
      this.#live();
      return done;
    });
    if (hit?.how === 'after') throw hit.error!();
    this.#live();
    return result;
  }

  /** The same client, whose statements may be struck. */
  #watched(tx: Tx): Tx {
    const query = (...args: unknown[]): unknown => {
      this.#live();
      const ask = () => (tx.query as (...all: unknown[]) => unknown)(...args);
      const text = typeof args[0] === 'string' ? args[0] : '';
      const hit = text === '' ? null : this.#hit('statement', text);
      if (hit === null) return ask();
      if (hit.how === 'before') return Promise.reject(hit.error!());
      if (hit.how === 'delay') return hit.wait!().then(ask);
      return Promise.resolve(ask()).then(() => Promise.reject(hit.error!()));
    };
    return new Proxy(tx, {
      get: (target, name) => {
        if (name === 'query') return query;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  #hit(at: Strike['at'], text = ''): Strike | null {
    for (const entry of this.#strikes) {
      const { strike } = entry;
      if (strike.at !== at || (strike.like && !strike.like.test(text))) continue;
      entry.seen += 1;
      const late = entry.seen - strike.nth;
      if (late < 0 || late >= (strike.times ?? 1)) continue;
      this.struck += 1;
      return strike;
    }
    return null;
  }

  #live(): void {
    if (this.#dead) throw new Death('the process is dead');
  }
}

/** As node-postgres reports what the server says. */
export const sqlError = (code: string, message: string): Error =>
  Object.assign(new Error(message), { name: 'error', code });

/** As node-postgres reports a connection that broke: without a code. */
export const lostConnection = (): Error => new Error('Connection terminated unexpectedly');
