/** From what one attempt came to, to the word that it is counted by. */
import type { CallOutcome } from '../call-outcomes.js';
import type { Outcome } from './outcome.js';

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
