/**
 * Sets the rank of an integration: whose word counts where several have the same record. The records for which that changes are compared
 * anew, by the next full read of each integration that has them; a dry run says how many and changes nothing.
 */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { changeRank, findIntegration, highestRank, listIntegrations, lowestRank } from '../store/integrations.js';
import type { Integration } from '../store/integrations.js';
import { compareSharedAgain, gatherShared, type SharedRecords } from '../store/mappings/change-of-rank.js';
import { takeMappingTurn } from '../store/mappings/mapping-turn.js';

export interface WantedRank {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  /** The smallest comes first; equal ranks go by age. */
  readonly rank: number;
  readonly actor: string;
  readonly reason: string;
  readonly dryRun?: boolean;
}

export interface RankSet {
  /** As it is now. */
  readonly integration: Integration;
  readonly before: number;
  readonly rank: number;
  /** Shared records for which the order of their sources changes. */
  readonly records: number;
  /** By name: whose next syncs read in full. */
  readonly readInFull: readonly string[];
  readonly dryRun: boolean;
}

const nothing: SharedRecords = { records: 0, links: [] };

/** Throws Fault invalid_input, not_found, or busy while a run of the tenant is under way. The same rank again changes nothing. */
export async function setRank(db: Database, wanted: WantedRank): Promise<RankSet> {
  const { tenantId, rank, actor, reason, dryRun = false } = wanted;
  refuseBadRank(rank);
  if (reason.trim() === '') throw new Fault('invalid_input', 'A change of rank needs a reason.');
  return db.withTenant(
    tenantId,
    async (tx) => {
      const found = await findIntegration(tx, tenantId, wanted.integration);
      const unchanged = { before: found.rank, rank, records: 0, readInFull: [], dryRun };
      if (found.rank === rank) return { ...unchanged, integration: found };
      if (!dryRun) await takeTurns(tx, tenantId);
      const all = await listIntegrations(tx, tenantId);
      const before = all.find(({ id }) => id === found.id)!;
      const overtaken = changesPlaces(all, before, rank);
      const key = { tenantId, integrationId: before.id };
      const shared = overtaken.length > 0 ? await gatherShared(tx, key, overtaken) : nothing;
      const set = { ...unchanged, before: before.rank, records: shared.records, readInFull: namesIn(all, shared) };
      if (dryRun || before.rank === rank) return { ...set, integration: before };
      await changeRank(tx, tenantId, before.id, rank);
      if (shared.records > 0) await compareSharedAgain(tx, tenantId, shared);
      const details = { before: before.rank, rank, records: shared.records, reason };
      await writeAudit(tx, { ...key, action: 'integration.rank-set', actor, details });
      return { ...set, integration: await findIntegration(tx, tenantId, before.id) };
    },
    { origin: `person:${actor}` },
  );
}

/** Throws Fault invalid_input. */
export function refuseBadRank(rank: number): void {
  if (!Number.isInteger(rank) || rank < highestRank || rank > lowestRank)
    throw new Fault(
      'invalid_input',
      `A rank is a whole number from ${highestRank} to ${lowestRank}; the smallest comes first.`,
    );
}

/** Each run judges by the ranks that it began with, so none may be under way; turns are taken in one order, lest two wait for each other. */
async function takeTurns(tx: Tx, tenantId: string): Promise<void> {
  for (const { id } of (await listIntegrations(tx, tenantId)).toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    await takeMappingTurn(tx, { tenantId, integrationId: id }, 'all');
}

type Place = Pick<Integration, 'id' | 'rank'>;
const isAbove = (a: Place, b: Place): boolean => a.rank < b.rank || (a.rank === b.rank && a.id < b.id);

/** The integrations that it was above and is below with the new rank, or the other way round. */
const changesPlaces = (all: readonly Integration[], before: Integration, rank: number): string[] =>
  all
    .filter((other) => other.id !== before.id && isAbove(before, other) !== isAbove({ id: before.id, rank }, other))
    .map(({ id }) => id);

const namesIn = (all: readonly Integration[], { links }: SharedRecords): string[] =>
  all.filter(({ id }) => links.some((link) => link.integrationId === id)).map(({ name }) => name);
