/** What a law of the conformance suite is: a promise in words, and a check that throws where a provider breaks it. */
import type { IRosterProvider } from '../contracts.js';

export interface Law {
  readonly name: string;
  readonly check: (make: MakeProvider) => Promise<void>;
}

/** A new provider, not yet started, over a source that does not change while the laws run. */
export type MakeProvider = () => IRosterProvider;
