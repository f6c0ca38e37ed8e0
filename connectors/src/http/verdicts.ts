/**
 * The one table from the outcome of an attempt to what is done about it. Nothing here ever turns an error into an empty
 * answer: what is not `ok` is tried again or becomes a fault.
 */
import type { FaultCode } from '@rollcall/core';
import type { Failure, Outcome } from './outcome.js';
import { retryAfterMs } from './retry-after.js';

export type Verdict =
  | { readonly action: 'ok' }
  /** `code` is the fault if attempts run out. */
  | { readonly action: 'retry'; readonly code: FaultCode }
  | { readonly action: 'retry-after'; readonly code: FaultCode; readonly ms: number }
  | { readonly action: 'reauthenticate'; readonly code: FaultCode }
  | { readonly action: 'fail'; readonly code: FaultCode };

const ok = { action: 'ok' } as const;
const retry = (code: FaultCode) => ({ action: 'retry', code }) as const;
const fail = (code: FaultCode) => ({ action: 'fail', code }) as const;

/** First row whose span holds the status. Sources: reference/timeback.md section 6, RFC 9110. */
const statuses: readonly (readonly [from: number, to: number, verdict: Verdict])[] = [
  [200, 200, ok],
  [401, 401, { action: 'reauthenticate', code: 'source_unauthorised' }],
  [403, 403, fail('source_unauthorised')],
  [408, 408, retry('source_unreachable')],
  [425, 425, retry('source_unreachable')],
  [429, 429, retry('source_rate_limited')],
  [500, 500, retry('source_unreachable')],
  [502, 504, retry('source_unreachable')],
  [501, 599, fail('source_unreachable')],
  [100, 999, fail('source_bad_response')],
];

const failures: Readonly<Record<Failure['kind'], Verdict>> = {
  network: retry('source_unreachable'),
  timeout: retry('source_unreachable'),
  /** Our own doing: the provider was stopped, or the request could not be made. */
  unsent: fail('source_unreachable'),
  untrusted: fail('source_unreachable'),
  too_large: fail('source_bad_response'),
  unreadable: retry('source_bad_response'),
  /** Final, with the wait: to hold the call until then would hold its worker as well. */
  refused: fail('source_unreachable'),
  limited: fail('source_rate_limited'),
  forbidden: fail('invalid_configuration'),
};

/** `nowMs` is our clock, for a Retry-After that is a date. */
export function verdictOf(outcome: Outcome, nowMs: number): Verdict {
  if (outcome.kind !== 'answer') return failures[outcome.kind];
  const row = statuses.find(([from, to]) => outcome.status >= from && outcome.status <= to);
  const verdict = row ? row[2] : fail('source_bad_response');
  if (verdict.action !== 'retry') return verdict;
  const asked = retryAfterMs(outcome.retryAfter, nowMs);
  return asked === null ? verdict : { action: 'retry-after', code: verdict.code, ms: asked };
}
