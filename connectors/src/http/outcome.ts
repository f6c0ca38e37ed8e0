/** What one attempt came to, as a value: an answer, or the way in which there was none. Never holds headers or bodies in text. */
export type Outcome = Answer | Failure;

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  /** Decompressed. */
  readonly body: Buffer;
  readonly retryAfter: string | null;
  /** The provider's clock (HTTP Date) as ISO 8601, or null. */
  readonly providerTime: string | null;
  /** The header X-Total-Count, as given. */
  readonly total?: string | null;
}

export interface Failure {
  readonly kind: 'network' | 'timeout' | 'unsent' | 'untrusted' | 'too_large' | 'unreadable';
  /** A code or a short rule, for example ECONNRESET or 'the body is empty'; safe to log. */
  readonly detail: string;
}

export const failure = (kind: Failure['kind'], detail: string): Failure => ({ kind, detail });

/** Few words for logs, labels and internal fault text. */
export function described(outcome: Outcome): string {
  return outcome.kind === 'answer' ? `HTTP ${outcome.status}` : `${outcome.kind}: ${outcome.detail}`;
}
