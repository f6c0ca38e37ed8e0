/**
 * The contracts between Rollcall and the systems around it: what a provider is, how its data is read, how it signs in. The
 * engine knows only these; a page is always accounted for in full, each of its rows being a record, a reject or known to be unchanged.
 */
import type { EntityName, Reject, RosterRecord, RosterRecords } from '@rollcall/core';
import type { RateLimit } from './rate-limit.js';

/** Any external system: a life cycle, and a truthful answer about its own condition. All calls may be repeated. */
export interface IExternalSystemProvider {
  /** The integration's name, for logs and people. */
  readonly name: string;
  /** The provider kind that made it, for example `timeback`. */
  readonly kind: string;
  init(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Never throws: a failure is a result. */
  health(): Promise<HealthCheck>;
  /** Tries each thing that a sync needs, one step at a time. Never throws. */
  test(): Promise<ConnectionTest>;
  /** Takes up other limits of calls while calls are under way; none is lost. Where there are none to keep it is left out. */
  adjust?(limits: AdjustableLimits): void;
}

/** What is left out stays. */
export interface AdjustableLimits {
  readonly rateLimit?: RateLimit | null;
  /** Counts from the next call on; never more than what the provider was made with. */
  readonly maxInFlight?: number;
}

/** Reads collections page by page. `Records` maps each collection's name to the canonical shape of its records. */
export interface IDataSyncProvider<Records extends object> {
  readonly capabilities: Capabilities;
  /** Throws a `Fault`; never answers an error with an empty page. Rethrows the signal's reason when it aborts. */
  readPage<E extends keyof Records & EntityName>(
    entity: E,
    range: PageRange,
    context: CallContext,
  ): Promise<RosterPage<Records[E]>>;
  readOne<E extends keyof Records & EntityName>(
    entity: E,
    sourcedId: string,
    context: CallContext,
  ): Promise<SingleRead<Records[E]>>;
}

/** Hands out access tokens; however many ask at once, one mint is under way at most. */
export interface IAuthenticationProvider {
  token(context: CallContext): Promise<AccessToken>;
  /** Forgets the token if it is still the present one: a second caller with the same dead token changes nothing. */
  drop(value: string): void;
}

/** A provider of the six roster entities. */
export interface IRosterProvider extends IExternalSystemProvider, IDataSyncProvider<RosterRecords> {}

export interface AccessToken {
  readonly value: string;
  /** Milliseconds since 1970 by our clock. */
  readonly expiresAt: number;
}

export interface PageRange {
  readonly offset: number;
  readonly limit: number;
  /** Only records that the provider stamped at this time (ISO 8601 in UTC) or later, ended ones included. */
  readonly modifiedSince?: string | null;
}

/** A person waits for `interactive` calls; they go first and have a share of every limit to themselves. */
export type Priority = 'interactive' | 'background';

export interface CallContext {
  readonly signal: AbortSignal;
  /** run/phase/page or the like; sent as X-Request-ID and logged. */
  readonly correlationId: string;
  /** `background` when left out. */
  readonly priority?: Priority;
  /**
   * Whether a row of this digest was read before and is still held as it was read. Such rows are not read again; their digests come
   * as `unchanged`. It is asked once or more for each row, also of pages that are then thrown away, so it must do nothing else.
   */
  readonly isKnown?: (digest: string) => boolean;
  /**
   * Gives a row the values that a person has put right, by core's field names, before it is read; the row itself is left as it is. A
   * provider that reads no rows of JSON objects may leave it alone.
   */
  readonly correct?: (row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Told before each wait after which a request is made again. Must not throw. */
  readonly onRetry?: (retry: Retry) => void;
}

export interface Retry {
  readonly waitMs: number;
  /** Whether it is the source that asked for the wait. */
  readonly asked: boolean;
}

export interface RosterPage<R = RosterRecord> {
  readonly entity: EntityName;
  readonly offset: number;
  /** Rows in the wire array; always `records.length + rejects.length + unchanged.length`. */
  readonly rowCount: number;
  readonly records: R[];
  readonly rejects: Reject[];
  /** Digests of the rows that `isKnown` recognised, in their order; as often as they occur. Nothing else is known of these rows. */
  readonly unchanged: readonly string[];
  /**
   * One for each of `records`, in the same order, or none at all. 32 hex digits: the first half of a sha256 over the bytes of the row
   * and all that decides what the provider makes of them, so that equal digests mean equal records.
   */
  readonly digests: readonly string[];
  readonly announcedTotal: number | null;
  /** The stride to go on with: what the provider says, or the rows it gave where it clamps without saying. */
  readonly effectiveLimit: number;
  /** sha256, hex, of the raw body; of `keysDigest` and the envelope where rows have digests, so that no byte is hashed twice. */
  readonly bodyDigest: string;
  /**
   * sha256, hex, of the rows' digests in their order, of all rows; of their keys where rows have none. A provider that ignores the
   * offset repeats it, also where its envelope echoes the offset asked for and the body digest therefore differs. All empty pages
   * share one.
   */
  readonly keysDigest: string;
  /** The provider's clock (HTTP Date) as ISO 8601 in UTC. */
  readonly providerTime: string | null;
  readonly bytes: number;
  /** Set where the collection is one of changes: what it does not name is as it was. A delta, or a collection that the source lacks. */
  readonly changesOnly?: true;
  /** Why the read proves no absence though it should have, which a person should know. */
  readonly partialBecause?: string;
}

export type SingleRead<R = RosterRecord> =
  { readonly found: true; readonly record: R } | { readonly found: false } | { readonly rejected: Reject };

export interface Capabilities {
  /** Whether a page can be asked for in a stable order by `sourcedId`. */
  readonly sort: boolean;
  /** Filter operators of the provider; empty when it has no filters. */
  readonly filters: readonly string[];
  /** Whether `dateLastModified` may be filtered on. Says nothing about how dependable that is. */
  readonly dateLastModifiedFilter: boolean;
  readonly pageSize: number;
  readonly maxPageSize: number;
  readonly maxInFlight: number;
}

export const integrationStatuses = ['created', 'initialised', 'running', 'stopped', 'failed'] as const;
export type IntegrationStatus = (typeof integrationStatuses)[number];

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

export interface HealthCheck<Detail extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>> {
  readonly status: HealthStatus;
  /** ISO 8601 in UTC. */
  readonly checkedAt: string;
  readonly durationMs: number;
  /** One sentence for people, null when healthy. */
  readonly reason: string | null;
  readonly detail: Detail;
}

export interface ConnectionTest {
  readonly ok: boolean;
  readonly steps: readonly TestStep[];
}

export interface TestStep {
  readonly name: string;
  readonly ok: boolean;
  /** One sentence: what was found, or what to do. */
  readonly message: string;
}
