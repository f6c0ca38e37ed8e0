/**
 * The only place where bytes leave for a provider: axios with keep-alive, no redirects, bounded bodies, a time limit for each
 * attempt. Gives an outcome for whatever happens and throws only when the caller aborted; axios's own errors, which carry
 * headers with tokens, never get past this file.
 */
import axios, { isAxiosError, type AxiosInstance, type AxiosResponse } from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CallContext } from '../contracts.js';
import type { Ports } from '../ports.js';
import { attemptSignal, type AttemptSignal } from './attempt-signal.js';
import { correlate, observe } from './interceptors.js';
import { isLoopback } from './loopback.js';
import { failure, type Failure, type Outcome } from './outcome.js';

export interface TransportSettings {
  readonly attemptTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly gzip: boolean;
  readonly maxSockets: number;
}

export interface Call {
  readonly operation: string;
  readonly context: CallContext;
  readonly attempt: number;
  readonly remainingMs: number;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
}

export class Transport {
  readonly #http: AxiosInstance;
  readonly #agents: readonly (HttpAgent | HttpsAgent)[];
  readonly #settings: TransportSettings;
  readonly #underWay = new Set<AttemptSignal>();
  #closed = false;

  constructor(settings: TransportSettings, ports: Ports) {
    this.#settings = settings;
    const pool = { keepAlive: true, maxSockets: settings.maxSockets, scheduling: 'lifo' as const };
    const httpAgent = new HttpAgent(pool);
    const httpsAgent = new HttpsAgent(pool);
    this.#agents = [httpAgent, httpsAgent];
    this.#http = axios.create({
      httpAgent,
      httpsAgent,
      maxRedirects: 0,
      maxContentLength: settings.maxBodyBytes,
      responseType: 'arraybuffer',
      validateStatus: () => true,
      headers: { Accept: 'application/json', 'Accept-Encoding': settings.gzip ? 'gzip' : 'identity' },
    });
    correlate(this.#http, ports.clock);
    observe(this.#http, ports);
  }

  async send(call: Call): Promise<Outcome> {
    const { signal: caller } = call.context;
    caller.throwIfAborted();
    if (this.#closed) return hungUp;
    const bounds = attemptSignal(caller, Math.max(1, Math.min(this.#settings.attemptTimeoutMs, call.remainingMs)));
    this.#underWay.add(bounds);
    try {
      return answer(await this.#http.request(this.#request(call, bounds.signal)));
    } catch (error) {
      caller.throwIfAborted();
      if (this.#closed) return hungUp;
      return bounds.timedOut() ? failure('timeout', 'no whole answer in time') : networkFailure(error);
    } finally {
      this.#underWay.delete(bounds);
      bounds.release();
    }
  }

  /** Ends what is under way too, for example a mint that nobody waits for any more. */
  close(): void {
    this.#closed = true;
    for (const bounds of this.#underWay) bounds.abort();
    for (const agent of this.#agents) agent.destroy();
  }

  #request(call: Call, signal: AbortSignal) {
    return {
      method: call.method,
      url: call.url,
      headers: { ...call.headers },
      data: call.form?.toString(),
      signal,
      // A proxy named by the environment is for the world outside.
      ...(isLoopback(call.url) ? { proxy: false as const } : {}),
      mark: {
        operation: call.operation,
        correlationId: call.context.correlationId,
        attempt: call.attempt,
        startedAt: 0,
      },
    };
  }
}

const hungUp = failure('unsent', 'the connection was closed by us');

function answer(response: AxiosResponse<Buffer>): Outcome {
  const text = (name: string) =>
    typeof response.headers[name] === 'string' ? (response.headers[name] as string) : null;
  const date = Date.parse(text('date') ?? '');
  return {
    kind: 'answer',
    status: response.status,
    body: response.data,
    retryAfter: text('retry-after'),
    providerTime: Number.isNaN(date) ? null : new Date(date).toISOString(),
    total: text('x-total-count'),
  };
}

function networkFailure(error: unknown): Failure {
  // Not rethrown: such an error may quote the address with its query.
  if (!isAxiosError(error))
    return failure('unsent', error instanceof Error ? error.name : 'the request could not be made');
  const code = error.code ?? 'unknown';
  if (error.message.startsWith('maxContentLength')) return failure('too_large', 'the body is too large');
  if (/^(Z_|HPE_)/.test(code)) return failure('unreadable', code);
  if (/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return failure('untrusted', code);
  return failure('network', code);
}
