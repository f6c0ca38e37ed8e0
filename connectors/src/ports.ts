/** What connectors need from their surroundings, filled by the process that starts them; nothing here reads a clock by itself. */
import type { LookupFunction } from 'node:net';
import type { ResponseCaches } from './http/cache/response-caches.js';
import type { RateLimit } from './rate-limit.js';
import type { CallOutcome } from './call-outcomes.js';
import type { Priority } from './contracts.js';
import type { CounterName, HistogramName, LabelsOf } from './metric-catalogue.js';

export type { RateLimit } from './rate-limit.js';

export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly random: Random;
  /** Shared by all processes; left out, each client keeps its own. */
  readonly circuits?: CircuitBoard;
  /** Likewise. */
  readonly limiter?: RateLimiter;
  /** Left out, only the open internet may be called, and this machine where an address says so itself. */
  readonly egress?: Egress;
  /** Kept between the lives of a provider, for those that have a scope. */
  readonly caches?: ResponseCaches;
  /** Names the tenant and its integration; set for each provider by whoever makes it. */
  readonly scope?: string;
  /** Told of each attempt at a call, of providers that have a scope. */
  readonly calls?: CallWatch;
  /** Looks at the lines of calls that wait; holds no client alive. */
  readonly queues?: { add(client: { readonly queue: QueueState }): void };
}

/** A line of calls: how many may be under way, are under way and wait, and for how long the oldest has waited. */
export interface QueueState {
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly oldestMs: number;
}

/** Counts the calls to sources. Must not throw. */
export interface CallWatch {
  saw(call: SeenCall): void;
}

export interface SeenCall {
  readonly scope: string;
  /** For example `users.list`; holds no id. */
  readonly operation: string;
  readonly outcome: CallOutcome;
  readonly ms: number;
}

/** The operator's word on where requests may go; never a tenant's. */
export interface Egress {
  /** Lets providers live in private networks, as school servers do. This machine by another name, and clouds' own services, stay closed. */
  readonly allowPrivateAddresses?: boolean;
  /** Resolves names instead of the system. */
  readonly lookup?: LookupFunction;
}

/** Grants calls, so that all who share a key stay within its limit together. Limits may change from one call to the next. */
export interface RateLimiter {
  /** 0 when the call is granted; otherwise the milliseconds after which to ask again. */
  take(key: string, limit: RateLimit | null, priority: Priority): Promise<number>;
  /** The provider asked for a stop: nobody is granted anything for so long. */
  block(key: string, ms: number): Promise<void>;
  /** The provider says how many calls are left. */
  announce(key: string, quota: Quota): Promise<void>;
}

export interface Quota {
  readonly left: number;
  readonly resetMs: number;
}

/** Notes which circuits are open. Every call is atomic, also among processes. */
export interface CircuitBoard {
  /** `closed`, how long to wait, or, for one caller in `probeMs` at most, to be the one that tries. */
  ask(key: string, probeMs: number): Promise<CircuitAnswer>;
  /** Opens the circuit, each time in a row for twice as long, and says for how long; one that is open stays as it is. */
  trip(key: string, times: CircuitTimes): Promise<number>;
  close(key: string): Promise<void>;
}

export type CircuitAnswer = 'closed' | 'probe' | { readonly waitMs: number };

export interface CircuitTimes {
  readonly openMs: number;
  readonly longestOpenMs: number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Structured events, named `noun.verb-past`. Fields never hold personal data, tokens, query values or bodies. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Takes what the catalogue names, with its labels. Never throws for what a source sent. */
export interface Metrics {
  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  time<N extends HistogramName>(name: N, ms: number, labels: LabelsOf<N>): void;
}

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

/** Keeps what a person granted, where secrets are kept. */
export interface TokenStore {
  /** Reads after the lock is held, also against other processes, and holds it until the work is over. */
  exclusively<T>(
    work: (stored: StoredGrant | null, save: (grant: StoredGrant) => Promise<void>) => Promise<T>,
  ): Promise<T>;
}

export interface StoredGrant {
  readonly value: string;
  /** Milliseconds since 1970 by our clock. */
  readonly expiresAt: number;
  readonly renewAt: number;
  readonly refreshToken: string | null;
}
