/**
 * What people do with a link that is there: give it another record, part it, join it again. Each is a compare-and-set on what the person
 * saw, and stays as the person left it: no sync undoes it.
 */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { versionTag, type Link, type LinkScope } from '../store/mappings/link.js';
import { findLink } from '../store/mappings/look-up.js';
import { takeMappingTurn } from '../store/mappings/mapping-turn.js';
import { claimsOn, moveLink, unknownLocalIds, type Pair } from '../store/mappings/write-links.js';
import type { By } from './by.js';
import { refused } from './link-records.js';

export interface Change extends By {
  /** `versionTag` of the link as it was seen; without it whatever is there is changed. */
  readonly seen?: string | undefined;
}

export async function relink(db: Database, scope: LinkScope, to: Pair, change: Change): Promise<Link> {
  const { externalId, localId } = to;
  return db.withTenant(scope.tenantId, async (tx) => {
    await takeMappingTurn(tx, scope, [localId]);
    const link = await seenLink(tx, scope, externalId, change);
    if (link.localId === localId && link.state !== 'unlinked') return link;
    if ((await unknownLocalIds(tx, scope, [localId])).size > 0) throw refused('unknown_record');
    const others = (await claimsOn(tx, scope, [localId])).filter((other) => other.externalId !== externalId);
    if (others.length > 0) throw refused('linked_twice');
    const moved = await moveLink(tx, scope, externalId, { localId, state: 'active' });
    await tell(tx, scope, 'mapping.relinked', link, moved, change);
    return moved;
  });
}

export async function unlink(db: Database, scope: LinkScope, externalId: string, change: Change): Promise<Link> {
  return db.withTenant(scope.tenantId, async (tx) => {
    await takeMappingTurn(tx, scope, []);
    const link = await seenLink(tx, scope, externalId, change);
    if (link.state === 'unlinked') return link;
    const moved = await moveLink(tx, scope, externalId, { localId: link.localId, state: 'unlinked' });
    await tell(tx, scope, 'mapping.unlinked', link, moved, change);
    return moved;
  });
}

/** The link, locked. Throws Fault not_found, or stale_decision with what has changed. */
async function seenLink(tx: Tx, scope: LinkScope, externalId: string, { seen }: Change): Promise<Link> {
  const link = await findLink(tx, scope, externalId, true);
  if (link === null) throw new Fault('not_found', 'There is no such mapping.');
  if (seen !== undefined && seen !== versionTag(link))
    throw new Fault(
      'stale_decision',
      `The mapping has changed: it is ${link.state} with record ${link.localId} by now, version ${link.version}.`,
    );
  return link;
}

async function tell(tx: Tx, scope: LinkScope, action: string, was: Link, is: Link, by: By): Promise<void> {
  const shown = ({ localId, state, version }: Link) => ({ localId, state, version });
  const details = { externalId: was.externalId, before: shown(was), after: shown(is), reason: by.reason };
  await writeAudit(tx, { ...scope, action, actor: by.actor, details });
}
