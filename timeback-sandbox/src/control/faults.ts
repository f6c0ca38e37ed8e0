/** Switches faults on and off; see faults/catalogue.ts for what there is. */
import { Refusal } from '../answers.js';
import type { Verb } from './verb.js';

export const addFault: Verb = ({ faults }, body) => ({ added: faults.add(body) });

export const listFaults: Verb = ({ faults }) => ({ rules: faults.list() });

/** ?id=N removes one, without it all go. */
export const removeFaults: Verb = ({ faults }, query) => {
  if (query.id === undefined) return { removed: faults.remove() };
  const removed = faults.remove(Number(query.id));
  if (removed === 0) throw new Refusal(404, `There is no fault rule ${String(query.id)}.`);
  return { removed };
};
