/**
 * The Redis of a lane: a server of its own that can be killed and comes back on its port, or the one that REDIS_URL names, of which
 * only our own keys are touched.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@rollcall/server/config/free-port.js';
import { Redis } from 'ioredis';
import { mind } from './children.js';

const howToGet =
  'The faults on Redis need a redis-server: install it ("apt-get install redis-server", "brew install redis"), set REDIS_URL, or ask for --backend postgres.';

export class LaneRedis {
  #server: ChildProcess | null = null;

  private constructor(
    readonly url: string,
    readonly isLent: boolean,
  ) {}

  static async start(): Promise<LaneRedis> {
    const lent = process.env.ROLLCALL_REDIS_URL || process.env.REDIS_URL;
    if (lent) return new LaneRedis(lent, true);
    const redis = new LaneRedis(`redis://127.0.0.1:${await freePort()}`, false);
    await redis.comeBack();
    return redis;
  }

  async comeBack(): Promise<void> {
    if (this.isLent) return;
    const flags = ['--port', new URL(this.url).port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const server = mind(spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' }));
    await once(server, 'spawn').catch(() => {
      throw new Error(howToGet);
    });
    this.#server = server;
    await this.ask((client) => client.ping());
  }

  /** Dead at once, with all it held. A lent one only loses our keys. */
  async kill(): Promise<void> {
    if (this.isLent) return this.flush();
    await this.#end('SIGKILL');
  }

  async flush(): Promise<void> {
    await this.ask(async (client) => {
      if (!this.isLent) return client.flushall();
      const keys = await client.keys('{rollcall-*');
      return keys.length > 0 ? client.del(keys) : 0;
    });
  }

  /** Everything in it, as text. */
  async dump(): Promise<string> {
    return this.ask(async (client) => {
      const texts: string[] = [];
      for (const key of await client.keys('{rollcall-*')) {
        texts.push(key);
        const kind = await client.type(key);
        if (kind === 'hash') texts.push(JSON.stringify(await client.hgetall(key)));
        else if (kind === 'string') texts.push((await client.get(key)) ?? '');
        else if (kind === 'list') texts.push((await client.lrange(key, 0, -1)).join('\n'));
        else if (kind === 'stream') texts.push(JSON.stringify(await client.xrange(key, '-', '+')));
      }
      return texts.join('\n');
    });
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, { retryStrategy: (times) => (times > 100 ? null : 20) });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }
}
