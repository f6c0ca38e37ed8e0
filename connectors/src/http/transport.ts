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
import { EgressGuard, refusedAddress } from './guard/egress-guard.js';
import { quotaIn } from './limits/quota.js';
import { isLoopback } from './loopback.js';
import { failure, type Failure, type Outcome } from './outcome.js';

export interface TransportSettings {
  readonly attemptTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly gzip: boolean;
  readonly maxSockets: number;
  /** For mutual TLS, and for sources whose authority the system does not know. PEM. */
  readonly tls?: { readonly cert?: string; readonly key?: string; readonly passphrase?: string; readonly ca?: string };
}

export interface Call {
  readonly operation: string;
  readonly context: CallContext;
  readonly attempt: number;
  readonly remainingMs: number;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
  /** JSON text. */
  readonly json?: string | undefined;
}

export class Transport {
  readonly #http: AxiosInstance;
  readonly #agents: readonly (HttpAgent | HttpsAgent)[];
  readonly #settings: TransportSettings;
  readonly #guard: EgressGuard;
  readonly #complaints = new Map<string, string | null>();
  readonly #underWay = new Set<AttemptSignal>();
  #closed = false;

  constructor(
    settings: TransportSettings,
    private readonly ports: Ports,
  ) {
    this.#settings = settings;
    this.#guard = new EgressGuard(ports.egress);
    const { lookup } = this.#guard;
    const pool = { keepAlive: true, maxSockets: settings.maxSockets, scheduling: 'lifo' as const, lookup };
    const httpAgent = new HttpAgent(pool);
    const httpsAgent = new HttpsAgent({ ...pool, ...settings.tls });
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
    const complaint = this.#complaint(call.url);
    if (complaint) return failure('forbidden', complaint);
    const bounds = attemptSignal(caller, Math.max(1, Math.min(this.#settings.attemptTimeoutMs, call.remainingMs)));
    this.#underWay.add(bounds);
    try {
      return answer(await this.#http.request(this.#request(call, bounds.signal)), this.ports.clock.now());
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

  /** A client calls few hosts, and the host is all that counts. */
  #complaint(url: string): string | null {
    const end = url.indexOf('/', url.indexOf('//') + 2);
    const origin = end < 0 ? url : url.slice(0, end);
    let complaint = this.#complaints.get(origin);
    if (complaint === undefined) {
      complaint = this.#guard.complaint(url);
      if (this.#complaints.size < 100) this.#complaints.set(origin, complaint);
    }
    return complaint;
  }

  #request(call: Call, signal: AbortSignal) {
    return {
      method: call.method,
      url: call.url,
      headers: call.json === undefined ? { ...call.headers } : { ...jsonContent, ...call.headers },
      data: call.json ?? call.form?.toString(),
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

const jsonContent = { 'Content-Type': 'application/json' } as const;

const hungUp = failure('unsent', 'the connection was closed by us');

function answer(response: AxiosResponse<Buffer>, nowMs: number): Outcome {
  const text = (name: string) =>
    typeof response.headers[name] === 'string' ? (response.headers[name] as string) : null;
  return {
    kind: 'answer',
    status: response.status,
    body: response.data,
    retryAfter: text('retry-after'),
    providerTime: isoTime(text('date')),
    etag: text('etag'),
    lastModified: text('last-modified'),
    quota: quotaIn(text, nowMs),
    total: text('x-total-count'),
  };
}

/** A clock with seconds says the same to many answers in a row. */
let lastTime: { readonly text: string; readonly iso: string | null } = { text: '', iso: null };

function isoTime(text: string | null): string | null {
  if (text === null) return null;
  if (text !== lastTime.text) {
    const time = Date.parse(text);
    lastTime = { text, iso: Number.isNaN(time) ? null : new Date(time).toISOString() };
  }
  return lastTime.iso;
}

function networkFailure(error: unknown): Failure {
  // Not rethrown: such an error may quote the address with its query.
  if (!isAxiosError(error))
    return failure('unsent', error instanceof Error ? error.name : 'the request could not be made');
  const code = error.code ?? 'unknown';
  if (code === refusedAddress) return failure('forbidden', 'it resolves into a network that is not called');
  if (error.message.startsWith('maxContentLength')) return failure('too_large', 'the body is too large');
  if (/^(Z_|HPE_)/.test(code)) return failure('unreadable', code);
  if (/^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return failure('untrusted', code);
  return failure('network', code);
}
