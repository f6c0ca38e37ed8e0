/** One attempt, and word of it to whoever counts calls: how long it took and what it came to. An abort by the caller is no outcome. */
import type { Ports } from '../ports.js';
import { callOutcomeOf } from './call-outcome.js';
import type { Outcome } from './outcome.js';

/** Costs nothing where nobody counts. */
export function watched<O extends Outcome>(ports: Ports, operation: string, attempt: () => Promise<O>): Promise<O> {
  return ports.calls && ports.scope ? counted(ports, operation, attempt) : attempt();
}

async function counted<O extends Outcome>(
  { calls, scope, clock }: Ports,
  operation: string,
  attempt: () => Promise<O>,
): Promise<O> {
  const began = clock.now();
  const outcome = await attempt();
  calls!.saw({ scope: scope!, operation, outcome: callOutcomeOf(outcome), ms: clock.now() - began });
  return outcome;
}
