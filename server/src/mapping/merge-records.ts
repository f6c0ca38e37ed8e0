/**
 * Makes one record of ours of two, and two of them again. The loser's links and what refers to it lead to the winner; the loser stays,
 * inactive. All that moved is kept with the merge, which can be taken back as long as nobody has moved the links since.
 */
import { Fault, type EntityName } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { insertMerge, lockMerge, markUndone, mergesOf, type Merge, type MovedLink } from '../store/mappings/merges.js';
import {
  lockRecords,
  moveLinks,
  moveReferences,
  returnLinks,
  returnReferences,
  setActive,
} from '../store/mappings/move-record.js';
import { dropRoles, handOver } from '../store/mappings/shared-records.js';
import type { By } from './by.js';
import { takeTurns } from './take-turns.js';

export interface MergeWish {
  readonly tenantId: string;
  readonly entity: EntityName;
  readonly winnerId: string;
  readonly loserId: string;
}

export interface MadeMerge {
  readonly mergeId: string;
  readonly links: number;
  /** Links that only translate from now on. */
  readonly onlyTranslating: number;
  readonly references: number;
}

export interface UndoneMerge {
  readonly mergeId: string;
  readonly links: number;
  readonly references: number;
  /** References that have changed since and stay as they are. */
  readonly changedSince: number;
}

/** Throws Fault invalid_input, not_found, wrong_state, busy. */
export async function mergeRecords(db: Database, wish: MergeWish, by: By): Promise<MadeMerge> {
  const { tenantId, entity, winnerId, loserId } = wish;
  if (winnerId === loserId) throw new Fault('invalid_input', 'A record is not merged into itself.');
  return db.withTenant(
    tenantId,
    async (tx) => {
      await takeTurns(tx, wish, [winnerId, loserId]);
      const records = await lockRecords(tx, wish);
      if (records.size < 2) throw new Fault('not_found', `There are no two such records of ${entity}.`);
      const others = await mergesOf(tx, tenantId, entity, [loserId]);
      const asLoser = await mergesOf(tx, tenantId, entity, [winnerId]);
      if (others.length > 0 || asLoser.some((merge) => merge.loserId === winnerId))
        throw new Fault('wrong_state', 'One of the records has a part in another merge: take that back first.');
      if (!records.get(winnerId)!.active) throw new Fault('wrong_state', 'The record that is to stay is inactive.');
      const links = await moveLinks(tx, wish);
      const refs = await moveReferences(tx, wish);
      if (links.some(speaks)) await handOver(tx, wish, [winnerId]);
      const loserWasActive = records.get(loserId)!.active;
      await setActive(tx, wish, loserId, false);
      const mergeId = await insertMerge(tx, tenantId, {
        entity,
        winnerId,
        loserId,
        loserWasActive,
        links,
        refs,
        ...by,
      });
      const made = {
        mergeId,
        links: links.length,
        onlyTranslating: links.filter((link) => link.stateAfter === 'merged').length,
        references: refs.reduce((sum, { rows }) => sum + rows.length, 0),
      };
      const details = { winnerId, loserId, ...made, reason: by.reason };
      await writeAudit(tx, { tenantId, entity, action: 'records.merged', actor: by.actor, details });
      return made;
    },
    { origin: `person:${by.actor}` },
  );
}

/** Throws Fault not_found, wrong_state, stale_decision, busy. */
export async function undoMerge(
  db: Database,
  { tenantId, mergeId }: { tenantId: string; mergeId: string },
  by: By,
): Promise<UndoneMerge> {
  return db.withTenant(
    tenantId,
    async (tx) => {
      const merge = await lockMerge(tx, tenantId, mergeId);
      if (merge.undoneAt !== null) throw new Fault('wrong_state', 'That merge has been taken back already.');
      const { entity, winnerId, loserId } = merge;
      const pair = { tenantId, entity, winnerId, loserId };
      await takeTurns(tx, pair, [winnerId, loserId]);
      await lockRecords(tx, pair);
      await proveLast(tx, tenantId, merge);
      if (!(await returnLinks(tx, pair, merge.links)))
        throw new Fault('stale_decision', 'A link of that merge has been changed since.');
      if (merge.links.some(speaks)) await handOver(tx, pair, [winnerId, loserId]);
      for (const { integrationId } of merge.links.filter(speaks)) await dropRoles(tx, pair, integrationId, winnerId);
      const { returned, changed } = await returnReferences(tx, pair, merge.refs);
      if (merge.loserWasActive) await setActive(tx, pair, loserId, true);
      await markUndone(tx, tenantId, mergeId, by);
      const undone = { mergeId, links: merge.links.length, references: returned, changedSince: changed };
      const details = { winnerId, loserId, ...undone, reason: by.reason };
      await writeAudit(tx, { tenantId, entity, action: 'records.unmerged', actor: by.actor, details });
      return undone;
    },
    { origin: `person:${by.actor}` },
  );
}

/** A merge into the same winner that came later may hold what this one moved. */
async function proveLast(tx: Tx, tenantId: string, { entity, winnerId, id }: Merge): Promise<void> {
  const later = (await mergesOf(tx, tenantId, entity, [winnerId])).some((merge) => merge.id > id);
  if (later) throw new Fault('wrong_state', 'The record has been merged again since: take the later merge back first.');
}

/** Whether the source wrote the winner by the link while the merge held. */
const speaks = ({ stateAfter }: MovedLink): boolean => stateAfter === 'active' || stateAfter === 'missing';
