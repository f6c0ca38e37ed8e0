/** Links as the cache keeps them: without what the question says already, so that a shared store has little to send and to read. */
import type { EntityName } from '@rollcall/core';
import { linkStates, type Link, type LinkState } from '../../store/mappings/link.js';

export interface Packing {
  readonly pack: (link: Link) => unknown;
  /** Null for what was not packed so. */
  readonly unpack: (packed: unknown, id: string) => Link | null;
}

const states: ReadonlySet<unknown> = new Set(linkStates);

/** For questions by external id. */
export const byExternalIdPacking = (integrationId: string, entity: EntityName): Packing => ({
  pack: ({ localId, state, version }) => [localId, state, version],
  unpack(packed, externalId) {
    if (!Array.isArray(packed)) return null;
    const [localId, state, version] = packed as [string, LinkState, number];
    if (typeof localId !== 'string' || !states.has(state) || typeof version !== 'number') return null;
    return { integrationId, entity, externalId, localId, state, version };
  },
});

/** For questions by local id. */
export const byLocalIdPacking = (entity: EntityName): Packing => ({
  pack: ({ integrationId, externalId, state, version }) => [integrationId, externalId, state, version],
  unpack(packed, localId) {
    if (!Array.isArray(packed)) return null;
    const [integrationId, externalId, state, version] = packed as [string, string, LinkState, number];
    if (typeof integrationId !== 'string' || typeof externalId !== 'string') return null;
    return states.has(state) && typeof version === 'number'
      ? { integrationId, entity, externalId, localId, state, version }
      : null;
  },
});
