/** A link as look-ups show it, and the word by which a person says which state of it they saw. */
import type { EntityName } from '@rollcall/core';

export const linkStates = ['active', 'missing', 'deactivated', 'unlinked', 'merged'] as const;
export type LinkState = (typeof linkStates)[number];

export interface LinkScope {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly entity: EntityName;
}

export interface Link {
  readonly integrationId: string;
  readonly entity: EntityName;
  readonly externalId: string;
  readonly localId: string;
  readonly state: LinkState;
  readonly version: number;
}

/** The columns of a `Link`, of alias l. */
export const linkColumns = `l.integration_id AS "integrationId", l.entity, l.external_id AS "externalId", l.local_id AS "localId",
  l.state, l.version`;

/** Differs whenever what was seen of a link does: a sync moves states without a new version. */
export const versionTag = ({ version, state, localId }: Pick<Link, 'version' | 'state' | 'localId'>): string =>
  `${version}-${state}-${localId}`;
