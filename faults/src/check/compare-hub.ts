/**
 * Invariants 1 to 4 of a roster: what the source holds is in the hub as it is there, once; nothing is in the hub that this source
 * never showed; nothing was taken away that the source still shows, or without a reason.
 */
import type { EntityName } from '@rollcall/core';
import { expected } from './expected-hub.js';
import type { HubRow, HubSnapshot } from './hub-snapshot.js';
import type { SourceSnapshot, Universe } from './source-snapshot.js';
import type { Violation } from './violation.js';

export interface Comparison {
  readonly source: SourceSnapshot;
  readonly hub: HubSnapshot;
  readonly universe: Universe;
  /** External ids whose deactivation has a reason. */
  readonly mayBeGone: ReadonlySet<string>;
  /** External ids that were kept out with a reason, whose hub rows may be missing or old. */
  readonly rejected: ReadonlySet<string>;
}

export function compareHub(comparison: Comparison): Violation[] {
  return [...comparison.source.keys()].flatMap((name) => compareEntity(name, comparison));
}

function compareEntity(name: EntityName, { source, hub, universe, mayBeGone, rejected }: Comparison): Violation[] {
  const found: Violation[] = [];
  const rows = hub.get(name) ?? [];
  const known = universe.ids.get(name) ?? new Set();
  const held = new Map<string, HubRow>();
  for (const row of rows) {
    if (row.externalIds.length !== 1)
      found.push({ promise: 'doubled', what: `${name} ${row.localId} has ${row.externalIds.length} links` });
    for (const id of row.externalIds) {
      if (held.has(id)) found.push({ promise: 'doubled', what: `${name} ${id} is in the hub twice` });
      held.set(id, row);
      if (!known.has(id)) found.push({ promise: 'foreign', what: `${name} ${id} is not of this source` });
    }
  }
  const wanted = source.get(name)!;
  for (const [id, row] of wanted) {
    const isEnded = row.status === 'tobedeleted';
    if (rejected.has(id) || (isEnded && !held.has(id))) continue;
    const mine = held.get(id);
    if (!mine) found.push({ promise: 'lost', what: `${name} ${id} is not in the hub` });
    else if (!isEnded && !mine.active)
      found.push({ promise: 'removed', what: `${name} ${id} is shown and was deactivated` });
    else if (!isEnded) found.push(...differences(name, id, expected[name](row), mine.values));
  }
  for (const [id, row] of held)
    if (!row.active && !wanted.has(id) && !mayBeGone.has(id))
      found.push({ promise: 'removed', what: `${name} ${id} was deactivated without proof` });
  return found;
}

/** Names the fields only: their values are people's. */
function differences(name: EntityName, id: string, wanted: object, mine: object): Violation[] {
  const fields = Object.entries(wanted).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify((mine as never)[field]),
  );
  if (fields.length === 0) return [];
  return [{ promise: 'lost', what: `${name} ${id} differs in ${fields.map(([field]) => field).join(', ')}` }];
}
