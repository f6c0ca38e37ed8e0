/** The product's own compiled modules that the client bench measures, so that what is measured is what runs. */
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '..', '..', '..', '..');

const built = async <T>(workspace: string, path: string): Promise<T> =>
  (await import(pathToFileURL(resolve(root, workspace, 'dist', path)).href)) as T;

export async function clientParts() {
  const [client, transport, tokens, provider, config, presets, caches, limiter, redis] = await Promise.all([
    built<typeof import('../../../connectors/src/http/base-api-client.js')>('connectors', 'http/base-api-client.js'),
    built<typeof import('../../../connectors/src/http/transport.js')>('connectors', 'http/transport.js'),
    built<typeof import('../../../connectors/src/http/token-source.js')>('connectors', 'http/token-source.js'),
    built<typeof import('../../../connectors/src/timeback/provider.js')>('connectors', 'timeback/provider.js'),
    built<typeof import('../../../connectors/src/timeback/config.js')>('connectors', 'timeback/config.js'),
    built<typeof import('../../../connectors/src/timeback/presets.js')>('connectors', 'timeback/presets.js'),
    built<typeof import('../../../connectors/src/http/cache/response-caches.js')>(
      'connectors',
      'http/cache/response-caches.js',
    ),
    built<typeof import('../../../server/src/cluster/rate-limiter.js')>('server', 'cluster/rate-limiter.js'),
    built<typeof import('../../../server/src/jobs/testing/redis-under-test.js')>(
      'server',
      'jobs/testing/redis-under-test.js',
    ),
  ]);
  return { ...client, ...transport, ...tokens, ...provider, ...config, ...presets, ...caches, ...limiter, ...redis };
}

export type ClientParts = Awaited<ReturnType<typeof clientParts>>;

const silent = () => undefined;

/** As a process fills them, with a log that writes nothing below warnings. */
export const benchPorts = {
  clock: {
    now: () => Date.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((done, failed) => {
        const timer = setTimeout(done, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          failed(signal.reason as Error);
        });
      }),
  },
  random: Math.random,
  log: { debug: silent, info: silent, warn: silent, error: silent },
  metrics: { count: silent, time: silent },
};

/** A bench without its Redis measures something else. */
export function giveUp(error: Error): never {
  throw error;
}

export const context = { signal: new AbortController().signal, correlationId: 'bench' };
