/**
 * Reads links through a cache, also that there is none. Whatever was cached carries the snapshot it was read in and is believed only if no
 * change came after it; a store that is away or answers nonsense is one that has nothing. Who asks for the same at once asks once.
 */
import type { Metrics } from '@rollcall/connectors';
import type { EntityName } from '@rollcall/core';
import type { LookupStore } from '../../cluster/lookup-store.js';
import type { Database } from '../../store/database.js';
import type { Link, LinkScope } from '../../store/mappings/link.js';
import { linksByExternalId, linksByLocalId, searchLinks, type Answers } from '../../store/mappings/look-up.js';
import { readMarks } from '../../store/mappings/marks.js';
import { byExternalId, byLocalId, ChangeMarks } from './change-marks.js';
import { Lookups, type Question } from './lookups.js';
import { byExternalIdPacking, byLocalIdPacking } from './packing.js';

export interface LinkReaderParts {
  readonly db: Database;
  /** Null reads from the database always. */
  readonly store: LookupStore | null;
  readonly metrics: Metrics;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const mostTenants = 1_000;
const warmPage = 5_000;

export class LinkReader {
  readonly #marks = new Map<string, ChangeMarks>();
  readonly #lookups: Lookups;

  constructor(private readonly parts: LinkReaderParts) {
    this.#lookups = new Lookups(parts.store, parts.metrics);
  }

  async byExternalId(scope: LinkScope, ids: readonly string[]): Promise<ReadonlyMap<string, Link>> {
    const { tenantId, integrationId, entity } = scope;
    const found = await this.#ask(ids, {
      op: 'external',
      tenantId,
      kind: byExternalId(integrationId, entity),
      load: (missing) => this.parts.db.withTenant(tenantId, (tx) => linksByExternalId(tx, scope, missing)),
      idOf: (link) => link.externalId,
      packing: byExternalIdPacking(integrationId, entity),
    });
    const first = new Map<string, Link>();
    for (const [id, links] of found) if (links[0]) first.set(id, links[0]);
    return first;
  }

  byLocalId(
    { tenantId, entity }: { tenantId: string; entity: EntityName },
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Link[]>> {
    return this.#ask(
      ids.map((id) => id.toLowerCase()),
      {
        op: 'local',
        tenantId,
        kind: byLocalId(entity),
        load: (missing) =>
          this.parts.db.withTenant(tenantId, (tx) => linksByLocalId(tx, { tenantId, entity }, missing)),
        idOf: (link) => link.localId,
        packing: byLocalIdPacking(entity),
      },
    );
  }

  /** Fills up to half of the store, by both directions. */
  async warm(scope: LinkScope, stop?: AbortSignal): Promise<number> {
    const { store, db } = this.parts;
    const most = store === null ? 0 : Math.floor(store.limit / 4);
    let warmed = 0;
    let after: string | undefined;
    while (warmed < most) {
      if (stop?.aborted) break;
      const page = await db.withTenant(scope.tenantId, (tx) =>
        searchLinks(tx, scope.tenantId, { ...scope, after }, Math.min(warmPage, most - warmed)),
      );
      if (page.length === 0) break;
      await this.byExternalId(
        scope,
        page.map((link) => link.externalId),
      );
      await this.byLocalId(
        scope,
        page.map((link) => link.localId),
      );
      warmed += page.length;
      after = page.at(-1)!.externalId;
    }
    return warmed;
  }

  /** What was committed until now is seen by whoever asks from now on. */
  expire(tenantId: string): void {
    this.#marks.get(tenantId)?.expire();
  }

  #ask(
    ids: readonly string[],
    question: Omit<Question, 'marks' | 'load'> & { readonly load: (ids: readonly string[]) => Promise<Answers> },
  ): Promise<ReadonlyMap<string, readonly Link[]>> {
    return this.#lookups.ask([...new Set(ids)], { ...question, marks: this.#marksOf(question.tenantId) });
  }

  #marksOf(tenantId: string): ChangeMarks {
    const found = this.#marks.get(tenantId);
    if (found) return found;
    const { db, now = () => performance.now() } = this.parts;
    const read = (since: string | null) => db.withTenant(tenantId, (tx) => readMarks(tx, tenantId, since));
    const marks = new ChangeMarks({ read, now });
    if (this.#marks.size >= mostTenants) this.#marks.delete(this.#marks.keys().next().value!);
    this.#marks.set(tenantId, marks);
    return marks;
  }
}
