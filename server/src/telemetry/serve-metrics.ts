/**
 * The metrics of a process that has no API: one page on 127.0.0.1, for this machine only. It is never a reason for the process not
 * to work: where its port is taken it takes a free one and says so.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '@rollcall/connectors';
import type { MetricsRegistry } from './metrics.js';

export interface ServedMetrics {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const path = '/metrics';

/** `port` 0 takes a free one. Null when the page cannot be served at all, which is logged. */
export async function serveMetrics(
  metrics: Pick<MetricsRegistry, 'render'>,
  { port, log }: { port: number; log: Log },
): Promise<ServedMetrics | null> {
  const server = createServer((request, response) => void answer(metrics, request, response));
  server.keepAliveTimeout = 5_000;
  try {
    await listen(server, port).catch(() => listen(server, 0));
  } catch (error) {
    log.warn('metrics.not-served', { errorName: (error as Error).name });
    return null;
  }
  const { port: taken } = server.address() as AddressInfo;
  log.info('metrics.served', { port: taken });
  return {
    url: `http://127.0.0.1:${taken}${path}`,
    port: taken,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  metrics: Pick<MetricsRegistry, 'render'>,
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, text: string) =>
    response
      .writeHead(status, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(text);
  // A page of another site that has its name point at this machine carries that name.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) return void say(403, 'This machine only.\n');
  if (url !== path) return void say(404, `There is nothing but ${path} here.\n`);
  if (method !== 'GET') return void say(405, 'Read it with GET.\n');
  try {
    say(200, await metrics.render());
  } catch {
    say(500, 'The metrics could not be rendered.\n');
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((listening, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      listening();
    });
  });
}
