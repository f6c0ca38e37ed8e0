/** What a law of the conformance suite is: a promise in words, and a check that throws where a provider breaks it. */
import type { EntityName } from '@rollcall/core';
import type { CallContext, IRosterProvider } from '../contracts.js';

export interface Law {
  readonly name: string;
  readonly check: (make: MakeProvider) => Promise<void>;
}

/** A law of reading one collection of a started provider. */
export interface ReadingLaw {
  readonly name: string;
  readonly check: (provider: IRosterProvider, entity: EntityName) => Promise<void>;
}

/** A new provider, not yet started, over a source that does not change while the laws run. */
export type MakeProvider = () => IRosterProvider;

/** Values as JSON holds them, whatever realm their objects were made in. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export const context = (): CallContext => ({ signal: new AbortController().signal, correlationId: 'conformance' });
