/** The life of an embedded server as its callers meet it: start, stop, crash, adoption, and every refusal in one sentence. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type RunningPostgres } from './embedded-postgres.js';

let folder: string;
const running: RunningPostgres[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall pg '));
  chmodSync(folder, 0o711);
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(dataDir = folder, port?: number): Promise<RunningPostgres> {
  const server = await startPostgres({ dataDir, ...(port === undefined ? {} : { port }), settings: { fsync: 'off' } });
  running.push(server);
  return server;
}

async function query(server: RunningPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function killHard(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  for (let tries = 0; tries < 6_000; tries += 1) {
    try {
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('startPostgres', () => {
  test('serves on the loopback address in a folder whose path has a space, and keeps what was written', async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    await query(first, 'create table kept as select 42 as answer');
    const [settings] = await query(
      first,
      `select current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
              current_setting('server_encoding') as encoding, current_setting('jit') as jit`,
    );
    expect(settings).toEqual({ listens: '127.0.0.1', sockets: '', encoding: 'UTF8', jit: 'off' });
    await first.stop();
    await first.stop();
    const second = await start();
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('lets nobody in without the generated password, which only its owner can read', async () => {
    const server = await start();
    const file = join(folder, 'postgres-password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const url = server.adminUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(query({ ...server, adminUrl: url }, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  test('adopts a server that is already running on the folder, and stops it', async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ adopted: true, pid: first.pid, port: first.port });
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
    await expect(query(second, 'select 1')).rejects.toThrow();
  });

  test('starts again after the server itself was killed', async () => {
    const first = await start();
    await query(first, 'create table kept as select 7 as answer');
    await killHard(first.pid);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 7 }]);
  });

  test('is not fooled by a pid file whose number now belongs to another program, nor harms that program', async () => {
    const first = await start();
    await first.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const file = join(folder, 'postgres', 'cluster', 'postmaster.pid');
      const { uid, gid } = statSync(join(folder, 'postgres', 'cluster'));
      writeFileSync(file, `${stranger.pid}\n${folder}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n`);
      if (process.getuid?.() === 0) chownSync(file, uid, gid);
      const second = await start();
      expect(second.adopted).toBe(false);
      expect(stranger.exitCode).toBeNull();
      expect(stranger.signalCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  test('says in one sentence that a wished port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      await expect(start(folder, port)).rejects.toMatchObject({
        name: 'SetupProblem',
        message: `Port ${port} is taken by another program: end that program, or choose another port.`,
      });
    } finally {
      other.close();
    }
  });

  test('starts afresh after its first start was interrupted while it created the database', async () => {
    const unfinished = join(folder, 'postgres', 'cluster.unfinished');
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'PG_VERSION'), '18\n');
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('refuses a database of another major version instead of touching it', async () => {
    const cluster = join(folder, 'postgres', 'cluster');
    mkdirSync(cluster, { recursive: true });
    writeFileSync(join(cluster, 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/written by PostgreSQL 17 .* set ROLLCALL_DATA_DIR to a new folder/);
  });

  test('says what is missing when its password file was lost, and creates no second database', async () => {
    await (await start()).stop();
    rmSync(join(folder, 'postgres-password'));
    await expect(start()).rejects.toThrow(/^The password file .*postgres-password is missing/);
  });
});
