/** One attempt, and word of it to whoever counts calls: how long it took and what it came to. An abort by the caller is no outcome. */
import type { Ports } from '../ports.js';
import { callOutcomeOf } from './call-outcome.js';
import type { Outcome } from './outcome.js';

export async function watched<O extends Outcome>(
  { calls, scope, clock }: Ports,
  operation: string,
  attempt: () => Promise<O>,
): Promise<O> {
  if (!calls || !scope) return attempt();
  const began = clock.now();
  const outcome = await attempt();
  calls.saw({ scope, operation, outcome: callOutcomeOf(outcome), ms: clock.now() - began });
  return outcome;
}
