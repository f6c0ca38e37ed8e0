/** Every control, by name and HTTP method. */
import type { Fields } from '../body.js';
import type { Sandbox } from '../sandbox.js';
import { totals } from './totals.js';

export type Verb = (sandbox: Sandbox, body: Fields) => unknown;

export const verbs: Record<string, Record<string, Verb>> = {
  totals: { GET: totals },
};
