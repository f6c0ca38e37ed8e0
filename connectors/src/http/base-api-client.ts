/**
 * The client that every HTTP provider speaks through: signs in, keeps to limits, retries, and hands back whole answers, read by the
 * caller or as JSON. What cannot be read is a fault with a code, never an empty answer; what changes something is never sent twice
 * on chance.
 */
import { hash } from 'node:crypto';
import type { CallContext, IAuthenticationProvider } from '../contracts.js';
import type { Ports, QueueState } from '../ports.js';
import { bearer, type AuthorizationHeaders, type RequestAuthorization } from './auth/authorization.js';
import { jsonBody } from './body.js';
import { cachedRead, nounOf, type CacheableRequest, type CachePolicy, type Fetched } from './cache/cached-read.js';
import { ResponseCache } from './cache/response-cache.js';
import { usualCacheBounds } from './cache/response-caches.js';
import { Coalescer } from './coalescer.js';
import { failure, type Answer, type Failure, type Outcome } from './outcome.js';
import { watched } from './watched.js';
import { PolicyChain, type ChainPolicy } from './policy-chain.js';
import { mayHaveEffect } from './reliability/effect.js';
import type { Call, Transport } from './transport.js';
import { untilVerdict, type RetryPolicy } from './until-verdict.js';
import type { Verdict } from './verdicts.js';

export interface GetRequest<T> extends CacheableRequest<T> {
  /** For logs and metrics, for example `users.list`; holds no id. */
  readonly operation: string;
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** What was asked for, or why the body is not that. Such an answer is retried like a broken one. */
  readonly read: (body: Buffer) => Reading<T>;
  /** Whether a 404 with a JSON body says 'there is no such record'. Never set for a collection. */
  readonly mayBeMissing?: boolean;
  /** Whether equal reads under way share one call and its value, which then nobody may change; all must read in the same way. */
  readonly shared?: boolean;
}

export type Reading<T> = { readonly value: T } | Failure;

export interface GetAnswer<T> {
  /** Undefined when the record is missing, which only a request with `mayBeMissing` can bring. */
  readonly value: T | undefined;
  readonly raw: Buffer;
  readonly providerTime: string | null;
  /** The header X-Total-Count, as given; null where the answer comes from the cache. */
  readonly total: string | null;
  readonly attempts: number;
}

export interface JsonRequest extends Omit<GetRequest<unknown>, 'read'> {
  /** Why the body is not what was asked for, or null when it is. */
  readonly complaint: (body: unknown) => string | null;
}

export interface JsonAnswer {
  /** Undefined when the record is missing, which only a request with `mayBeMissing` can bring. */
  readonly body: unknown;
  readonly bytes: number;
  /** sha256 of the raw body, hex. */
  readonly digest: string;
  readonly providerTime: string | null;
  readonly attempts: number;
}

/** A call that changes something at the source, and what makes it safe to repeat. */
export interface WriteRequest<T> {
  readonly operation: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Goes out as JSON. */
  readonly body?: unknown;
  /** What an answer means: a success, or a refusal that is an answer, for example a 409. Null leaves it to the verdict table. */
  readonly read: (status: number, body: Buffer) => Reading<T> | null;
  /** Sent as Idempotency-Key; only where the source is known to keep to it. */
  readonly idempotencyKey?: string | undefined;
  /** Looks whether a call of unknown end took effect: what it came to, or null. PUT and DELETE need none (RFC 9110, 9.2.2). */
  readonly readBack?: (() => Promise<T | null>) | undefined;
  /** First words of the operations whose cached answers go; its own when left out. */
  readonly touches?: readonly string[] | undefined;
}

export interface WriteAnswer<T> {
  readonly value: T;
  readonly attempts: number;
}

/** What holds for one operation instead of the client's own. */
export interface EndpointPolicy extends Partial<RetryPolicy> {
  readonly attemptTimeoutMs?: number;
  readonly cache?: CachePolicy;
}

export interface ClientPolicy extends RetryPolicy, ChainPolicy {
  /** For a client whose cache is not kept by the process. */
  readonly cacheBytes?: number;
  /** By operation. */
  readonly endpoints?: Readonly<Record<string, EndpointPolicy>>;
}

type ReadAnswer<T> = Answer & { readonly value: T | undefined };
type Attempt = Pick<Call, 'operation' | 'method' | 'url' | 'json' | 'headers'>;

export class BaseApiClient {
  readonly #chain: PolicyChain;
  readonly #cache: ResponseCache;
  readonly #coalescer = new Coalescer();
  readonly #authorization: RequestAuthorization;

  constructor(
    private readonly transport: Transport,
    authentication: IAuthenticationProvider | RequestAuthorization,
    private readonly policy: ClientPolicy,
    private readonly ports: Ports,
  ) {
    this.#authorization = 'token' in authentication ? bearer(authentication) : authentication;
    this.#chain = new PolicyChain(policy, ports);
    ports.queues?.add(this);
    const { caches, scope } = ports;
    this.#cache =
      caches && scope ? caches.of(scope) : new ResponseCache(policy.cacheBytes ?? usualCacheBounds.maxBytesEach);
  }

  get cache(): ResponseCache {
    return this.#cache;
  }

  get queue(): QueueState {
    return this.#chain.bulkhead.state;
  }

  /** Limits may change while calls are under way; none is lost. */
  adjust(limits: Parameters<PolicyChain['adjust']>[0]): void {
    this.#chain.adjust(limits);
  }

  /** Throws a Fault, or the signal's reason. */
  async getJson({ complaint, ...request }: JsonRequest, context: CallContext): Promise<JsonAnswer> {
    const read = (body: Buffer) => readJson(body, complaint);
    const { value, raw, providerTime, attempts } = await this.get({ ...request, read }, context);
    return { body: value, bytes: raw.length, digest: hash('sha256', raw, 'hex'), providerTime, attempts };
  }

  /** Throws a Fault, or the signal's reason. */
  get<T>(request: GetRequest<T>, context: CallContext): Promise<GetAnswer<T>> {
    const url = withQuery(request);
    if (!request.shared) return this.#get(request, url, context);
    const key = `${request.operation} ${context.priority ?? ''} ${url}`;
    return this.#coalescer.run(key, context, (one) => this.#get(request, url, one));
  }

  #get<T>(request: GetRequest<T>, url: string, context: CallContext): Promise<GetAnswer<T>> {
    return cachedRead<T>({
      cache: this.#cache,
      key: `${request.operation} ${url}`,
      request,
      policy: this.policy.endpoints?.[request.operation]?.cache,
      now: () => this.ports.clock.now(),
      fetch: (conditions) => this.#fetch(request, url, conditions, context),
    });
  }

  async #fetch<T>(
    request: GetRequest<T>,
    url: string,
    headers: Readonly<Record<string, string>>,
    context: CallContext,
  ): Promise<Fetched<T>> {
    const conditional = 'If-None-Match' in headers || 'If-Modified-Since' in headers;
    const { answer, attempts } = await this.#call<T>(
      { operation: request.operation, method: 'GET', url, headers },
      context,
      {
        read: (got) => readGot(request, got),
        judge: (outcome) =>
          outcome.kind === 'answer' && isAnswer(outcome.status, conditional, request.mayBeMissing)
            ? { action: 'ok' }
            : null,
      },
    );
    const { value, body: raw, status, providerTime, total = null, etag = null, lastModified = null } = answer;
    return { value, raw, providerTime, total, attempts, notModified: status === 304, etag, lastModified };
  }

  /** Throws a Fault, also where it is not known whether the source made the change, or the signal's reason. */
  async send<T>(request: WriteRequest<T>, context: CallContext): Promise<WriteAnswer<T>> {
    const { operation, method, url, body, idempotencyKey, readBack } = request;
    const json = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {};
    const twiceIsOnce = method === 'PUT' || method === 'DELETE' || idempotencyKey !== undefined;
    const { answer, attempts } = await this.#call<T>({ operation, method, url, json, headers }, context, {
      read: (got) => readWritten(request, got),
      judge: (outcome) => ('value' in outcome && outcome.value !== undefined ? { action: 'ok' } : null),
      ...(twiceIsOnce ? {} : { once: { mayHaveEffect, readBack: readBack && (() => asAnswer(readBack)) } }),
    });
    this.#cache.invalidate(request.touches ?? [nounOf(request)]);
    return { value: answer.value!, attempts };
  }

  #call<T>(
    request: Attempt,
    context: CallContext,
    {
      read,
      ...how
    }: {
      read: (answer: Answer) => ReadAnswer<T> | Failure;
      judge: ((outcome: Outcome) => Verdict | null) | undefined;
      once?: {
        mayHaveEffect: (outcome: Outcome) => boolean;
        readBack: (() => Promise<ReadAnswer<T> | null>) | undefined;
      };
    },
  ) {
    const { operation, url } = request;
    const endpoint = this.policy.endpoints?.[operation];
    const policy = endpoint ? { ...this.policy, ...endpoint } : this.policy;
    let signed: AuthorizationHeaders = {};
    this.#chain.budget.called();
    return untilVerdict<ReadAnswer<T>>({
      operation,
      context,
      policy,
      ports: this.ports,
      ...how,
      mayRepeat: () => this.#chain.budget.spend(),
      reauthenticate: this.#authorization.renew && (() => this.#authorization.renew?.(signed)),
      attempt: (number, remainingMs) =>
        this.#chain.attempt<ReadAnswer<T> | Failure>({ operation, url, context, remainingMs }, async () => {
          signed = await this.#authorization.headers({ method: request.method, url, body: request.json }, context);
          return watched(this.ports, operation, async () => {
            const outcome = await this.transport.send({
              ...request,
              headers: { ...request.headers, ...signed },
              context,
              attempt: number,
              remainingMs: Math.min(remainingMs, endpoint?.attemptTimeoutMs ?? Infinity),
            });
            return outcome.kind === 'answer' ? read(outcome) : outcome;
          });
        }),
    });
  }
}

function readGot<T>(request: GetRequest<T>, answer: Answer): ReadAnswer<T> | Failure {
  if (answer.status === 404 && request.mayBeMissing) return missing(answer);
  if (answer.status !== 200) return { ...answer, value: undefined };
  const reading = request.read(answer.body);
  return 'value' in reading ? { ...answer, value: reading.value } : reading;
}

function readWritten<T>(request: WriteRequest<T>, answer: Answer): ReadAnswer<T> | Failure {
  const reading = request.read(answer.status, answer.body);
  if (reading === null) return { ...answer, value: undefined };
  return 'value' in reading ? { ...answer, value: reading.value } : reading;
}

/** What was read back, as the answer that did not come. */
async function asAnswer<T>(readBack: () => Promise<T | null>): Promise<ReadAnswer<T> | null> {
  const value = await readBack();
  if (value === null) return null;
  return { kind: 'answer', status: 200, body: Buffer.alloc(0), retryAfter: null, providerTime: null, value };
}

function readJson(bytes: Buffer, complaintOf: JsonRequest['complaint']): Reading<unknown> {
  const body = jsonBody(bytes);
  if (!('json' in body)) return body;
  const complaint = complaintOf(body.json);
  return complaint === null ? { value: body.json } : failure('unreadable', complaint);
}

/** A gateway's 404 page says that the address is wrong, not that the record is gone. */
function missing(answer: Answer): ReadAnswer<never> | Failure {
  const body = jsonBody(answer.body);
  return 'json' in body ? { ...answer, value: undefined } : body;
}

/** A 304 answers only a condition, a 404 only a read that may find nothing. */
const isAnswer = (status: number, conditional: boolean, mayBeMissing = false): boolean =>
  (status === 304 && conditional) || (status === 404 && mayBeMissing);

function withQuery(request: GetRequest<unknown>): string {
  const pairs = Object.entries(request.query ?? {});
  if (pairs.length === 0) return request.url;
  return `${request.url}?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}
