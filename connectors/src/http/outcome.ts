/** What one attempt came to, as a value: an answer, or the way in which there was none. Never holds headers or bodies in text. */
import type { Quota } from '../ports.js';

export type Outcome = Answer | Failure;

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Decompressed. */
  readonly body: Buffer;
  readonly retryAfter: string | null;
  /** The provider's clock (HTTP Date) as ISO 8601, or null. */
  readonly providerTime: string | null;
  readonly etag?: string | null;
  readonly lastModified?: string | null;
  /** Calls that the provider says are left, and for how long. */
  readonly quota?: Quota | null;
  /** The header X-Total-Count, as given. */
  readonly total?: string | null;
}

export interface Failure {
  readonly kind: FailureKind;
  /** A code or a short rule, for example ECONNRESET or 'the body is empty'; safe to log. */
  readonly detail: string;
  /** When to come again, where that is known. */
  readonly waitMs?: number;
}

export type FailureKind =
  | 'network'
  | 'timeout'
  | 'unsent'
  | 'untrusted'
  | 'too_large'
  | 'unreadable'
  /** By an open circuit; nothing was sent. */
  | 'refused'
  /** By our own limiter; nothing was sent. */
  | 'limited'
  /** The address is one that this installation does not call; nothing was sent. */
  | 'forbidden';

export const failure = (kind: Failure['kind'], detail: string, waitMs?: number): Failure =>
  waitMs === undefined ? { kind, detail } : { kind, detail, waitMs };

/** Why a request is made again, as a label: a few words whatever a source sends. */
export function retryReason(outcome: Outcome): string {
  if (outcome.kind !== 'answer') return outcome.kind;
  if (outcome.status === 429) return 'rate_limited';
  if (outcome.status === 401) return 'reauthenticated';
  return outcome.status >= 500 ? 'server_error' : 'refused';
}

/** Few words for logs, labels and internal fault text. */
export function described(outcome: Outcome): string {
  return outcome.kind === 'answer' ? `HTTP ${outcome.status}` : `${outcome.kind}: ${outcome.detail}`;
}
