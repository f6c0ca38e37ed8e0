/**
 * What people do with a link that is there: give it another record, part it, join it again. Each is a compare-and-set on what the person
 * saw, and stays as the person left it: no sync undoes it. Other sources that have the record hand its fields over by their next full reads.
 */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { versionTag, type Link, type LinkScope } from '../store/mappings/link.js';
import { findLink } from '../store/mappings/look-up.js';
import { dropRoles, handOver } from '../store/mappings/shared-records.js';
import { claimsOn, moveLink, unknownLocalIds, type Pair } from '../store/mappings/write-links.js';
import type { By } from './by.js';
import { refused } from './link-records.js';
import { takeTurns } from './take-turns.js';

export interface Change extends By {
  /** `versionTag` of the link as it was seen; without it whatever is there is changed. */
  readonly seen?: string | undefined;
}

export async function relink(db: Database, scope: LinkScope, to: Pair, change: Change): Promise<Link> {
  const { externalId, localId } = to;
  return changing(db, scope, change, async (tx) => {
    const link = await seenLink(tx, scope, { externalId, alsoMeant: [localId] }, change);
    if (link.localId === localId && link.state !== 'unlinked') return link;
    if ((await unknownLocalIds(tx, scope, [localId])).size > 0) throw refused('unknown_record');
    const others = (await claimsOn(tx, scope, [localId])).filter((other) => other.externalId !== externalId);
    if (others.length > 0) throw refused('linked_twice');
    const moved = await moveLink(tx, scope, externalId, { localId, state: 'active' });
    await handOver(tx, scope, [link.localId, localId]);
    if (link.localId !== localId) await dropRoles(tx, scope, scope.integrationId, link.localId);
    await tell(tx, scope, 'mapping.relinked', link, moved, change);
    return moved;
  });
}

export async function unlink(db: Database, scope: LinkScope, externalId: string, change: Change): Promise<Link> {
  return changing(db, scope, change, async (tx) => {
    const link = await seenLink(tx, scope, { externalId, alsoMeant: [] }, change);
    if (link.state === 'unlinked') return link;
    const moved = await moveLink(tx, scope, externalId, { localId: link.localId, state: 'unlinked' });
    await handOver(tx, scope, [link.localId]);
    await dropRoles(tx, scope, scope.integrationId, link.localId);
    await tell(tx, scope, 'mapping.unlinked', link, moved, change);
    return moved;
  });
}

const changing = <T>(db: Database, { tenantId }: LinkScope, { actor }: By, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.withTenant(tenantId, work, { origin: `person:${actor}` });

interface Meant {
  readonly externalId: string;
  /** Records that the change is about besides the link's own. */
  readonly alsoMeant: readonly string[];
}

/** The link, locked, and the turn for it. Throws Fault busy, not_found, or stale_decision with what has changed. */
async function seenLink(tx: Tx, scope: LinkScope, { externalId, alsoMeant }: Meant, { seen }: Change): Promise<Link> {
  const before = await findLink(tx, scope, externalId);
  if (before !== null) await takeTurns(tx, scope, [before.localId, ...alsoMeant], [scope.integrationId]);
  const link = before && (await findLink(tx, scope, externalId, true));
  if (link === null) throw new Fault('not_found', 'There is no such mapping.');
  if (seen !== undefined && seen !== versionTag(link))
    throw new Fault(
      'stale_decision',
      `The mapping has changed: it is ${link.state} with record ${link.localId} by now, version ${link.version}.`,
    );
  if (link.localId !== before!.localId) throw new Fault('busy', 'Somebody else is giving the mapping another record.');
  return link;
}

async function tell(tx: Tx, scope: LinkScope, action: string, was: Link, is: Link, by: By): Promise<void> {
  const shown = ({ localId, state, version }: Link) => ({ localId, state, version });
  const details = { externalId: was.externalId, before: shown(was), after: shown(is), reason: by.reason };
  await writeAudit(tx, { ...scope, action, actor: by.actor, details });
}
