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
  readonly ended: Promise<'end' | 'reset'>;
  readonly socket: Socket;
}

async function say(text: string): Promise<Said> {
  const socket = connect({ ...proxy.address, allowHalfOpen: true });
  open.push(socket);
  let got = '';
  socket.on('data', (piece) => (got += piece.toString()));
  const ended = new Promise<'end' | 'reset'>((done) => {
    socket.on('error', () => done('reset'));
    socket.on('end', () => done('end'));
    socket.on('close', (hadError) => done(hadError ? 'reset' : 'end'));
  });
  await once(socket, 'connect').catch(() => undefined);
  if (!socket.destroyed) socket.write(text);
  return { text: () => got, ended, socket };
}

const after = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('a fault proxy', () => {
  it('passes on what it is given while nothing is set', async () => {
    const { text } = await say('hello');
    await after(50);
    expect(text()).toBe('hello');
  });

  it('delays each way by its latency', async () => {
    proxy.set({ latencyMs: 80 });
    const { text } = await say('hello');
    await after(110);
    expect(text()).toBe('');
    await after(120);
    expect(text()).toBe('hello');
  });

  it('swallows everything as a black hole, and gives it out when the hole is closed', async () => {
    proxy.set({ blackHole: true });
    const { text } = await say('hello');
    await after(80);
    expect({ text: text(), heard }).toEqual({ text: '', heard: [] });
    proxy.set();
    await after(60);
    expect(text()).toBe('hello');
  });

  it('refuses by a reset', async () => {
    proxy.set({ refuse: true });
    expect(await (await say('hello')).ended).toBe('reset');
  });

  it('resets what is open', async () => {
    const { ended } = await say('hello');
    await after(40);
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
    await after(40);
    expect(heard.join('')).toBe('hellomore');
  });

  it('trickles at the given rate, and no longer once that is taken back', async () => {
    proxy.set({ bytesPerSecond: 20 });
    const { text } = await say('x'.repeat(40));
    await after(420);
    expect(text().length).toBeGreaterThanOrEqual(4);
    expect(text().length).toBeLessThanOrEqual(14);
    proxy.set();
    await after(120);
    expect(text()).toHaveLength(40);
  });

  it('keeps to a bandwidth for larger answers', async () => {
    proxy.set({ bytesPerSecond: 100_000 });
    const { text } = await say('x'.repeat(30_000));
    await after(120);
    expect(text().length).toBeLessThan(25_000);
    await after(500);
    expect(text()).toHaveLength(30_000);
  });

  it('passes on what holds a word, and loses its answer', async () => {
    proxy.set({ cutAfterWord: 'COMMIT' });
    const { text, ended, socket } = await say('SELECT');
    await after(40);
    expect(text()).toBe('SELECT');
    socket.write('COMMIT');
    expect(await ended).toBe('reset');
    expect({ heard: heard.join(' '), text: text(), cuts: proxy.cuts }).toEqual({
      heard: 'SELECT COMMIT',
      text: 'SELECT',
      cuts: 1,
    });
  });
});
