/**
 * ExternalIdMappingService: translates between the ids of external systems and ours, in both directions, and lets people keep the links
 * between them. What it answers is never older than the last committed change by more than a tenth of a second; what it changes
 * is audited with actor and reason in the same transaction, and seen at once by whoever asks here.
 */
import { externalIdOf, Fault, type EntityName, type ExternalKey } from '@rollcall/core';
import type { Database } from '../store/database.js';
import type { Link, LinkScope } from '../store/mappings/link.js';
import type { Pair } from '../store/mappings/write-links.js';
import type { By } from './by.js';
import type { LinkReader } from './cache/link-reader.js';
import { linkMany, linkOne, type LinkOutcome } from './link-records.js';
import { mergeRecords, undoMerge, type MadeMerge, type UndoneMerge } from './merge-records.js';
import { relink, unlink, type Change } from './relink.js';

export class ExternalIdMappingService {
  constructor(
    private readonly db: Database,
    private readonly reader: LinkReader,
  ) {}

  /** Our record's id, or null. An unlinked record has none. */
  async toLocal(scope: LinkScope, key: ExternalKey): Promise<string | null> {
    const link = await this.find(scope, key);
    return link === null || link.state === 'unlinked' ? null : link.localId;
  }

  /** The external ids that a record of ours goes by, in all external systems, or in one. */
  async toExternal(tenantId: string, entity: EntityName, localId: string, integrationId?: string): Promise<Link[]> {
    const found = (await this.findByLocalIds({ tenantId, entity }, [localId])).get(localId)!;
    return found.filter(
      (link) => link.state !== 'unlinked' && (!integrationId || link.integrationId === integrationId),
    );
  }

  /** The link itself, whatever its state. Throws Fault invalid_input for what no key can be. */
  async find(scope: LinkScope, key: ExternalKey): Promise<Link | null> {
    const externalId = idOf(key);
    return (await this.reader.byExternalId(scope, [externalId])).get(externalId) ?? null;
  }

  /** Links by the external ids that have one. */
  findMany(scope: LinkScope, externalIds: readonly string[]): Promise<ReadonlyMap<string, Link>> {
    return this.reader.byExternalId(scope, externalIds.map(idOf));
  }

  /** Links of all integrations, for each of the ids. */
  findByLocalIds(
    of: { tenantId: string; entity: EntityName },
    localIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Link[]>> {
    return this.reader.byLocalId(of, localIds);
  }

  /** Reads an integration's links of an entity ahead of those who will ask. How many. */
  warm(scope: LinkScope, stop?: AbortSignal): Promise<number> {
    return this.reader.warm(scope, stop);
  }

  /** For those who change links by themselves: what is committed is seen by whoever asks from now on. */
  expire(tenantId: string): void {
    this.reader.expire(tenantId);
  }

  /** Joins two records. `created` is false when they were joined already. Throws Fault not_found, wrong_state, busy. */
  async link(scope: LinkScope, key: ExternalKey, localId: string, by: By): Promise<Link & { created: boolean }> {
    return this.#changed(scope.tenantId, linkOne(this.db, scope, { externalId: idOf(key), localId }, by));
  }

  /** The same for thousands, in one statement; each pair has an outcome of its own. */
  async linkMany(scope: LinkScope, pairs: readonly Pair[], by: By): Promise<LinkOutcome[]> {
    for (const { externalId } of pairs) idOf(externalId);
    return this.#changed(scope.tenantId, linkMany(this.db, scope, pairs, by));
  }

  /** Gives a link another record of ours, or takes an unlinking back. Throws Fault stale_decision when it is not what was seen. */
  async relink(scope: LinkScope, key: ExternalKey, localId: string, change: Change): Promise<Link> {
    return this.#changed(scope.tenantId, relink(this.db, scope, { externalId: idOf(key), localId }, change));
  }

  /** Parts two records until a person joins them again: syncs leave the source's record alone. */
  async unlink(scope: LinkScope, key: ExternalKey, change: Change): Promise<Link> {
    return this.#changed(scope.tenantId, unlink(this.db, scope, idOf(key), change));
  }

  /** Makes one record of ours of two: the winner. */
  async merge(
    of: { tenantId: string; entity: EntityName; winnerId: string; loserId: string },
    by: By,
  ): Promise<MadeMerge> {
    return this.#changed(of.tenantId, mergeRecords(this.db, of, by));
  }

  /** Takes a merge back: links, references and the record are as before, unless they have moved since. */
  async unmerge(of: { tenantId: string; mergeId: string }, by: By): Promise<UndoneMerge> {
    return this.#changed(of.tenantId, undoMerge(this.db, of, by));
  }

  /** Whoever asks after a change sees it. */
  async #changed<T>(tenantId: string, change: Promise<T>): Promise<T> {
    try {
      return await change;
    } finally {
      this.reader.expire(tenantId);
    }
  }
}

function idOf(key: ExternalKey): string {
  try {
    return externalIdOf(key);
  } catch (error) {
    throw new Fault('invalid_input', `${(error as Error).message}.`);
  }
}
