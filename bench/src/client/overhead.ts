/**
 * What the policies cost: calls through the client against the same calls through bare axios, in turns, with sixteen in flight. Each
 * pair of turns gives one ratio; the median of them counts, so that a busy moment of the machine does not.
 */
import axios from 'axios';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startNode } from '../child-process.js';
import { benchPorts, context, type ClientParts } from './parts.js';

export interface Overhead {
  readonly overheadPercent: number;
  readonly overheadP50Ms: number;
}

const inFlight = 16;
const callsPerTurn = 4_000;
const pairs = 11;

interface Turn {
  readonly perSecond: number;
  readonly p50Ms: number;
}

export async function measureOverhead(parts: ClientParts): Promise<Overhead> {
  const child = startNode(fileURLToPath(new URL('./answering-server.js', import.meta.url)), []);
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout!.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as { port: number }).port));
    child.once('close', () => reject(new Error('the answering server did not start')));
  });
  const url = `http://127.0.0.1:${port}/users/`;
  const { call: bare, close: closeBare } = bareAxios(url);
  const { call: ours, close: closeOurs } = ourClient(parts, url);
  try {
    await turn(bare);
    await turn(ours);
    const measured: [bare: Turn, ours: Turn][] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      // Whoever goes second meets what the first has left behind.
      if (pair % 2 === 0) measured.push([await turn(bare), await turn(ours)]);
      else measured.push(swapped(await turn(ours), await turn(bare)));
    }
    return {
      overheadPercent: median(measured.map(([a, b]) => (1 - b.perSecond / a.perSecond) * 100)),
      overheadP50Ms: median(measured.map(([a, b]) => b.p50Ms - a.p50Ms)),
    };
  } finally {
    closeBare();
    closeOurs();
    child.kill('SIGTERM');
  }
}

const swapped = (ours: Turn, bare: Turn): [Turn, Turn] => [bare, ours];

function bareAxios(url: string) {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const http = axios.create({ httpAgent, proxy: false });
  const headers = { Authorization: 'Bearer bench' };
  return { call: () => http.get(url, { headers, params: { limit: 20 } }), close: () => httpAgent.destroy() };
}

function ourClient({ Transport, BaseApiClient }: ClientParts, url: string) {
  const settings = { attemptTimeoutMs: 10_000, maxBodyBytes: 10_000_000, gzip: true, maxSockets: inFlight };
  const transport = new Transport(settings, benchPorts);
  const rateLimit = { perSecond: 1e6, burst: 1e5, perWindow: 1e8, windowMs: 60_000, interactiveShare: 0.2 };
  const policy = {
    maxAttempts: 5,
    deadlineMs: 60_000,
    maxWaitMs: 30_000,
    baseDelayMs: 500,
    maxDelayMs: 20_000,
    maxInFlight: inFlight,
    rateLimit,
  };
  const tokens = { token: async () => ({ value: 'bench', expiresAt: Infinity }), drop: () => undefined };
  const client = new BaseApiClient(transport, tokens, policy, benchPorts);
  const request = { operation: 'users.list', url, query: { limit: 20 }, complaint: () => null };
  return { call: () => client.getJson(request, context), close: () => transport.close() };
}

async function turn(call: () => Promise<unknown>): Promise<Turn> {
  const took: number[] = [];
  let left = callsPerTurn;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while ((left -= 1) >= 0) {
        const at = performance.now();
        await call();
        took.push(performance.now() - at);
      }
    }),
  );
  return { perSecond: (callsPerTurn / (performance.now() - began)) * 1000, p50Ms: median(took) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
