/** The category of what one attempt came to: the few words by which calls to sources are counted, whatever a source sends. */
import type { Outcome } from './outcome.js';

export const callOutcomes = [
  'answered',
  'timed_out',
  'unreachable',
  'server_error',
  'rate_limited',
  'unauthorised',
  'unreadable',
  'refused',
  'not_sent',
] as const;
/** `refused` is a 4xx that is nobody's credentials; `not_sent` was ended by us: an open circuit, our own limit, a forbidden address. */
export type CallOutcome = (typeof callOutcomes)[number];

const failures: Readonly<Record<Exclude<Outcome, { kind: 'answer' }>['kind'], CallOutcome>> = {
  network: 'unreachable',
  untrusted: 'unreachable',
  timeout: 'timed_out',
  unreadable: 'unreadable',
  too_large: 'unreadable',
  unsent: 'not_sent',
  refused: 'not_sent',
  limited: 'not_sent',
  forbidden: 'not_sent',
};

export function callOutcomeOf(outcome: Outcome): CallOutcome {
  if (outcome.kind !== 'answer') return failures[outcome.kind];
  const { status } = outcome;
  if (status < 400 || status === 404) return 'answered';
  if (status === 401 || status === 403) return 'unauthorised';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'server_error' : 'refused';
}
