/**
 * The client that every HTTP provider reads through: signs in, bounds calls in flight, retries, and hands back whole answers, read
 * by the caller or as JSON. What cannot be read is a fault with a code, never an empty answer.
 */
import { hash } from 'node:crypto';
import type { CallContext, IAuthenticationProvider } from '../contracts.js';
import type { Ports } from '../ports.js';
import { jsonBody } from './body.js';
import { InFlight } from './in-flight.js';
import { failure, type Answer, type Failure, type Outcome } from './outcome.js';
import type { Transport } from './transport.js';
import { untilVerdict, type RetryPolicy } from './until-verdict.js';
import type { Verdict } from './verdicts.js';

export interface GetRequest<T> {
  /** For logs and metrics, for example `users.list`; holds no id. */
  readonly operation: string;
  readonly url: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** What was asked for, or why the body is not that. Such an answer is retried like a broken one. */
  readonly read: (body: Buffer) => Reading<T>;
  /** Whether a 404 with a JSON body says 'there is no such record'. Never set for a collection. */
  readonly mayBeMissing?: boolean;
}

export type Reading<T> = { readonly value: T } | Failure;

export interface GetAnswer<T> {
  /** Undefined when the record is missing, which only a request with `mayBeMissing` can bring. */
  readonly value: T | undefined;
  readonly raw: Buffer;
  readonly providerTime: string | null;
  /** The header X-Total-Count, as given. */
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

type ReadAnswer<T> = Answer & { readonly value: T | undefined };

export class BaseApiClient {
  readonly #inFlight: InFlight;

  constructor(
    private readonly transport: Transport,
    private readonly authentication: IAuthenticationProvider,
    private readonly policy: RetryPolicy & { readonly maxInFlight: number },
    private readonly ports: Ports,
  ) {
    this.#inFlight = new InFlight(policy.maxInFlight);
  }

  /** Throws a Fault, or the signal's reason. */
  async getJson({ complaint, ...request }: JsonRequest, context: CallContext): Promise<JsonAnswer> {
    const read = (body: Buffer) => readJson(body, complaint);
    const { value, raw, providerTime, attempts } = await this.get({ ...request, read }, context);
    return { body: value, bytes: raw.length, digest: hash('sha256', raw, 'hex'), providerTime, attempts };
  }

  /** Throws a Fault, or the signal's reason. */
  async get<T>(request: GetRequest<T>, context: CallContext): Promise<GetAnswer<T>> {
    let token = '';
    const { answer, attempts } = await untilVerdict<ReadAnswer<T>>({
      operation: request.operation,
      context,
      policy: this.policy,
      ports: this.ports,
      judge: request.mayBeMissing ? missingIsAnswer : undefined,
      reauthenticate: () => this.authentication.drop(token),
      attempt: (number, remainingMs) =>
        this.#inFlight.run(context.signal, async () => {
          token = (await this.authentication.token(context)).value;
          return this.#attempt(request, context, { number, remainingMs, token });
        }),
    });
    const { value, body: raw, providerTime, total = null } = answer;
    return { value, raw, providerTime, total, attempts };
  }

  async #attempt<T>(
    request: GetRequest<T>,
    context: CallContext,
    of: { number: number; remainingMs: number; token: string },
  ): Promise<ReadAnswer<T> | Failure> {
    const url = withQuery(request);
    const outcome = await this.transport.send({
      operation: request.operation,
      context,
      attempt: of.number,
      remainingMs: of.remainingMs,
      method: 'GET',
      url,
      headers: {
        Authorization: this.authentication.header?.(of.token, { method: 'GET', url }) ?? `Bearer ${of.token}`,
      },
    });
    if (outcome.kind !== 'answer') return outcome;
    if (outcome.status === 404 && request.mayBeMissing) return missing(outcome);
    if (outcome.status !== 200) return { ...outcome, value: undefined };
    const reading = request.read(outcome.body);
    return 'value' in reading ? { ...outcome, value: reading.value } : reading;
  }
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

function missingIsAnswer(outcome: Outcome): Verdict | null {
  return outcome.kind === 'answer' && outcome.status === 404 ? { action: 'ok' } : null;
}

function withQuery(request: GetRequest<unknown>): string {
  const pairs = Object.entries(request.query ?? {});
  if (pairs.length === 0) return request.url;
  return `${request.url}?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}
