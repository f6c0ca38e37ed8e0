/** A page without rows, for what is known to hold none. Its digests are those of every empty page. */
import { hash } from 'node:crypto';
import type { EntityName, RosterRecord } from '@rollcall/core';
import type { PageRange, RosterPage } from '../contracts.js';

export function emptyPage<R = RosterRecord>(
  entity: EntityName,
  { offset, limit }: PageRange,
  more: Pick<RosterPage, 'changesOnly'> = {},
): RosterPage<R> {
  const nothing = hash('sha256', '', 'hex');
  return {
    entity,
    offset,
    rowCount: 0,
    records: [],
    rejects: [],
    unchanged: [],
    digests: [],
    announcedTotal: null,
    effectiveLimit: limit,
    bodyDigest: nothing,
    keysDigest: nothing,
    providerTime: null,
    bytes: 0,
    ...more,
  };
}
