/** Creates links, one or many. The same link asked for twice, or by many at once, is made once; one that says otherwise is refused. */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { linksByExternalId } from '../store/mappings/look-up.js';
import type { Link, LinkScope } from '../store/mappings/link.js';
import { takeMappingTurn } from '../store/mappings/mapping-turn.js';
import { claimsOn, insertLinks, unknownLocalIds, type Pair } from '../store/mappings/write-links.js';
import type { Tx } from '../store/database.js';
import type { By } from './by.js';

export const refusals = {
  unknown_record: 'there is no such record of ours',
  linked_elsewhere: 'the external id is linked to another record',
  unlinked: 'a person has unlinked it; link it again by a re-link',
  linked_twice: 'the record has another external id in this integration; unlink that first',
  repeated: 'the external id was named before',
} as const;
export type Refusal = keyof typeof refusals;

/** `created`, `unchanged`, or why not. */
export interface LinkOutcome extends Pair {
  readonly outcome: 'created' | 'unchanged' | Refusal;
  readonly link: Link | null;
}

export async function linkOne(
  db: Database,
  scope: LinkScope,
  pair: Pair,
  by: By,
): Promise<Link & { created: boolean }> {
  return db.withTenant(scope.tenantId, async (tx) => {
    await takeMappingTurn(tx, scope, [pair.localId]);
    const { outcome, link } = (await linkAll(tx, scope, [pair]))[0]!;
    if (outcome === 'created') {
      const details = { externalId: pair.externalId, localId: pair.localId, reason: by.reason };
      await writeAudit(tx, { ...scope, action: 'mapping.linked', actor: by.actor, details });
    } else if (outcome !== 'unchanged') throw refused(outcome);
    return { ...link!, created: outcome === 'created' };
  });
}

export async function linkMany(db: Database, scope: LinkScope, pairs: readonly Pair[], by: By): Promise<LinkOutcome[]> {
  return db.withTenant(scope.tenantId, async (tx) => {
    await takeMappingTurn(tx, scope, 'all');
    const outcomes = await linkAll(tx, scope, pairs);
    const created = outcomes.filter(({ outcome }) => outcome === 'created').length;
    const details = { asked: pairs.length, created, reason: by.reason };
    if (created > 0) await writeAudit(tx, { ...scope, action: 'mapping.many-linked', actor: by.actor, details });
    return outcomes;
  });
}

export const refused = (refusal: Refusal): Fault =>
  new Fault(refusal === 'unknown_record' ? 'not_found' : 'wrong_state', `It was not linked: ${refusals[refusal]}.`);

async function linkAll(tx: Tx, scope: LinkScope, pairs: readonly Pair[]): Promise<LinkOutcome[]> {
  const localIds = pairs.map((pair) => pair.localId);
  const unknown = await unknownLocalIds(tx, scope, localIds);
  const claimed = new Map((await claimsOn(tx, scope, localIds)).map((link) => [link.localId, link]));
  const named = new Set<string>();
  const fresh = pairs.filter(({ externalId, localId }) => {
    if (unknown.has(localId) || claimed.has(localId) || named.has(externalId)) return false;
    named.add(externalId);
    // The next one that names the record comes too late.
    claimed.set(localId, { externalId, localId } as Link);
    return true;
  });
  const made = new Map((await insertLinks(tx, scope, fresh)).map((link) => [link.externalId, link]));
  const { links } = await linksByExternalId(
    tx,
    scope,
    pairs.map((pair) => pair.externalId),
  );
  const there = new Map(links.map((link) => [link.externalId, link]));
  const told = new Set<string>();
  return pairs.map((pair) => {
    const repeated = told.has(pair.externalId);
    told.add(pair.externalId);
    const link = there.get(pair.externalId) ?? null;
    if (repeated) return { ...pair, link, outcome: 'repeated' };
    if (made.get(pair.externalId)?.localId === pair.localId) return { ...pair, link, outcome: 'created' };
    return { ...pair, link, outcome: standing(pair, link, unknown) };
  });
}

/** Why a pair needed no link, or could have none. */
function standing(pair: Pair, link: Link | null, unknown: ReadonlySet<string>): LinkOutcome['outcome'] {
  if (link?.state === 'unlinked') return 'unlinked';
  if (link) return link.localId === pair.localId ? 'unchanged' : 'linked_elsewhere';
  return unknown.has(pair.localId) ? 'unknown_record' : 'linked_twice';
}
