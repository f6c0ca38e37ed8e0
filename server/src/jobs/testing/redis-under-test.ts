/**
 * A Redis for tests, behind a door that can be shut: the one that REDIS_URL names, or a redis-server of our own without a trace on
 * disk. Where there is neither, one sentence says how to get one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { freePort } from '../../config/free-port.js';

export class RedisUnderTest {
  readonly #sockets = new Set<Socket>();
  #door: Server | null = null;
  #port = 0;

  private constructor(
    private readonly target: URL,
    private readonly server: ChildProcess | null,
  ) {}

  static async open(): Promise<RedisUnderTest> {
    const lent = process.env.ROLLCALL_REDIS_URL || process.env.REDIS_URL;
    const redis = lent ? new RedisUnderTest(new URL(lent), null) : await RedisUnderTest.#started();
    await redis.comeBack();
    return redis;
  }

  /** Somebody else may take the port before our server does, and may even be another Redis. */
  static async #started(): Promise<RedisUnderTest> {
    for (let tries = 0; tries < 10; tries += 1) {
      const redis = await RedisUnderTest.#startedOn(await freePort());
      if (redis) return redis;
    }
    throw new Error('The redis-server of the test did not start on any of ten free ports.');
  }

  static async #startedOn(port: number): Promise<RedisUnderTest | null> {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const server = spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    await once(server, 'spawn').catch(() => {
      throw new Error(
        'These tests need Redis: install it ("apt-get install redis-server", "brew install redis") or set REDIS_URL.',
      );
    });
    const redis = new RedisUnderTest(new URL(`redis://127.0.0.1:${port}`), server);
    const ended = once(server, 'exit').then(() => null);
    const info = await Promise.race([redis.ask((client) => client.info('server')).catch(() => null), ended]);
    if (info !== null && new RegExp(`^process_id:${server.pid}\\r?$`, 'm').test(info)) return redis;
    server.kill('SIGKILL');
    return null;
  }

  /** The address of the door. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  /** Past the door, for measurements. */
  get directUrl(): string {
    return this.target.href;
  }

  /** From now on nobody is let in, and who is in is thrown out. */
  async leave(): Promise<void> {
    const door = this.#door;
    this.#door = null;
    for (const socket of this.#sockets) socket.destroy();
    if (door) await new Promise((done) => door.close(done));
  }

  async comeBack(): Promise<void> {
    const door = createServer((from) => {
      const to = connect(Number(this.target.port || 6379), this.target.hostname);
      for (const [socket, other] of [
        [from, to],
        [to, from],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    door.listen(this.#port, '127.0.0.1');
    await once(door, 'listening');
    const address = door.address();
    this.#port = typeof address === 'object' && address ? address.port : 0;
    this.#door = door;
  }

  /** Talks to it past the door. */
  async ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.target.href);
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** Everything in it is gone; of a Redis that was lent to us, what begins with our keys. */
  async flush(): Promise<void> {
    await this.ask(async (client) => {
      if (this.server) return client.flushall();
      const keys = await client.keys('{rollcall-*');
      return keys.length > 0 ? client.del(keys) : 0;
    });
  }

  async close(): Promise<void> {
    await this.leave();
    if (!this.server || this.server.exitCode !== null) return;
    const ended = once(this.server, 'exit');
    this.server.kill('SIGTERM');
    await ended;
  }
}
