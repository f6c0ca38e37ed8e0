/** Each fault of the proxy is what it says, over real sockets, and is over as soon as it is taken back. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FaultProxy } from './fault-proxy.js';

let echo: Server;
let heard: string[];
let proxy: FaultProxy;
const open: Socket[] = [];

beforeAll(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      heard.push(piece.toString());
      socket.write(piece);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.open({ host: '127.0.0.1', port: (echo.address() as { port: number }).port });
});
afterEach(() => {
  proxy.set();
  heard = [];
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(async () => {
  await proxy.close();
  echo.close();
});
heard = [];

interface Said {
  readonly text: () => string;
  /** As they came. */
  readonly pieces: readonly string[];
  readonly ended: Promise<'end' | 'reset'>;
  readonly socket: Socket;
}

async function say(text: string): Promise<Said> {
  const socket = connect({ ...proxy.address, allowHalfOpen: true });
  open.push(socket);
  const pieces: string[] = [];
  socket.on('data', (piece) => pieces.push(piece.toString()));
  const ended = new Promise<'end' | 'reset'>((done) => {
    socket.on('error', () => done('reset'));
    socket.on('end', () => done('end'));
    socket.on('close', (hadError) => done(hadError ? 'reset' : 'end'));
  });
  await once(socket, 'connect').catch(() => undefined);
  if (!socket.destroyed) socket.write(text);
  return { text: () => pieces.join(''), pieces, ended, socket };
}

const after = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** What a fault holds back is looked for by its least time, which a slow machine only adds to; what comes is waited for. */
async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds() && looks < 4_000; looks += 1) await after(5);
  expect(holds()).toBe(true);
}

/** A timer may ring a millisecond early. */
const nearly = (ms: number, timers: number) => ms - timers;

describe('a fault proxy', () => {
  it('passes on what it is given while nothing is set', async () => {
    const { text } = await say('hello');
    await until(() => text() === 'hello');
  });

  it('delays each way by its latency', async () => {
    proxy.set({ latencyMs: 80 });
    const begun = performance.now();
    const { text } = await say('hello');
    await until(() => heard.length > 0);
    expect(performance.now() - begun).toBeGreaterThan(nearly(80, 1));
    await until(() => text() === 'hello');
    expect(performance.now() - begun).toBeGreaterThan(nearly(160, 2));
  });

  it('swallows everything as a black hole, and gives it out when the hole is closed', async () => {
    proxy.set({ blackHole: true });
    const { text } = await say('hello');
    await after(80);
    expect({ text: text(), heard }).toEqual({ text: '', heard: [] });
    proxy.set();
    await until(() => text() === 'hello');
  });

  it('refuses by a reset', async () => {
    proxy.set({ refuse: true });
    expect(await (await say('hello')).ended).toBe('reset');
  });

  it('resets what is open', async () => {
    const { text, ended } = await say('hello');
    await until(() => text() === 'hello');
    proxy.resetAll();
    expect(await ended).toBe('reset');
  });

  it.each([
    ['truncateAfter', 'end'],
    ['resetAfter', 'reset'],
    ['halfCloseAfter', 'end'],
  ] as const)('%s lets so many bytes through and then ends by %s', async (fault, how) => {
    proxy.set({ [fault]: 7 });
    const { text, ended } = await say('hello, world');
    expect(await ended).toBe(how);
    expect(text()).toBe('hello, ');
  });

  it('goes on listening on a connection that it has half closed', async () => {
    proxy.set({ halfCloseAfter: 3 });
    const { ended, socket } = await say('hello');
    await ended;
    socket.write('more');
    await until(() => heard.join('') === 'hellomore');
  });

  it('trickles at the given rate, and no longer once that is taken back', async () => {
    proxy.set({ bytesPerSecond: 20 });
    const begun = performance.now();
    const { text, pieces } = await say('x'.repeat(400));
    await until(() => text().length >= 4);
    const got = text().length;
    // The first comes at once, and each of the others after a twentieth of a second.
    expect(performance.now() - begun).toBeGreaterThan(nearly(50 * (got - 1), got - 1));
    expect(got).toBeLessThan(400);
    proxy.set();
    await until(() => text().length === 400);
    expect(pieces.at(-1)!.length).toBeGreaterThan(1);
  });

  it('keeps to a bandwidth for larger answers', async () => {
    proxy.set({ bytesPerSecond: 100_000 });
    const begun = performance.now();
    const { text } = await say('x'.repeat(30_000));
    await until(() => text().length === 30_000);
    // 2,000 bytes at a time, 20 ms apart.
    expect(performance.now() - begun).toBeGreaterThan(nearly(14 * 20, 14));
  });

  it('passes on what holds a word, and loses its answer', async () => {
    proxy.set({ cutAfterWord: 'COMMIT' });
    const { text, ended, socket } = await say('SELECT');
    await until(() => text() === 'SELECT');
    socket.write('COMMIT');
    expect(await ended).toBe('reset');
    await until(() => heard.join(' ') === 'SELECT COMMIT');
    expect({ text: text(), cuts: proxy.cuts }).toEqual({ text: 'SELECT', cuts: 1 });
  });
});
