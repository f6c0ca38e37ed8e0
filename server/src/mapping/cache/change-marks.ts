/**
 * What a process knows of changes of a tenant's links. Nothing is pushed: whoever is about to trust something cached first makes sure that
 * the database was asked for changes less than a tenth of a second ago, so no message can be missed.
 */
import type { EntityName } from '@rollcall/core';
import type { Mark } from '../../store/mappings/marks.js';
import { couldSee, type Snapshot } from './snapshot.js';

/** Asked again beside the work from this age on. */
const renewAfterMs = 40;
/** Beyond it nothing cached is trusted before the answer is there. With the work in between it stays below 100 ms. */
const trustedForMs = 80;
/** Marks are kept for two hours; after such a silence everything is asked for anew. */
const forgottenAfterMs = 3_600_000;
/** So many changes of a kind are told apart: by single ids, and of all at once, which every look-up is held against. */
const mostSingle = 5_000;
const mostWhole = 100;

export interface MarkSource {
  /** All marks that were not visible in `since`. */
  read(since: string | null): Promise<{ snapshot: string; marks: readonly Mark[] }>;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

export class ChangeMarks {
  #known: string | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #notBefore = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;
  readonly #moved = new Map<string, Moves>();

  constructor(private readonly source: MarkSource) {}

  /** Resolves when what is known is young enough to judge by. Throws when the database cannot be asked. */
  async fresh(): Promise<void> {
    if (this.#youngerThan(renewAfterMs)) return;
    if (this.#youngerThan(trustedForMs)) {
      this.#ask().catch(() => undefined);
      return;
    }
    // An answer that was on its way may be too old for this caller; one that is asked for now is not.
    if (this.#asking) await this.#asking.catch(() => undefined);
    if (!this.#youngerThan(trustedForMs)) await this.#ask();
  }

  /** What was known until now does not count any more. */
  expire(): void {
    this.#notBefore = this.source.now();
  }

  /** Whether something that was read in a snapshot may have changed after it. */
  movedSince(snapshot: Snapshot, kind: string, id: string): boolean {
    return this.#moved.get(kind)?.since(snapshot, id) ?? false;
  }

  #youngerThan(ms: number): boolean {
    return this.source.now() - this.#askedAt <= ms && this.#askedAt > this.#notBefore;
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#read().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #read(): Promise<void> {
    const askedAt = this.source.now();
    if (askedAt - this.#askedAt > forgottenAfterMs) {
      this.#known = null;
      this.#moved.clear();
    }
    const { snapshot, marks } = await this.source.read(this.#known);
    for (const mark of marks) this.#note(mark);
    this.#known = snapshot;
    this.#askedAt = askedAt;
  }

  #note({ xid, integrationId, entity, externalIds, localIds }: Mark): void {
    this.#movesOf(byExternalId(integrationId, entity)).note(xid, externalIds);
    this.#movesOf(byLocalId(entity)).note(xid, localIds);
  }

  #movesOf(kind: string): Moves {
    const moves = this.#moved.get(kind) ?? new Moves();
    this.#moved.set(kind, moves);
    return moves;
  }
}

/** Kinds of look-ups, whose changes are known apart. */
export const byExternalId = (integrationId: string, entity: EntityName): string => `${integrationId} ${entity}`;
export const byLocalId = (entity: EntityName): string => entity;

/** Transactions that moved links of a kind: of single ids, or of all. */
class Moves {
  #all: number[] = [];
  #of = new Map<string, number[]>();
  /** Whoever could not see all up to here counts as moved: so much is not kept apart. */
  #folded = 0;
  #last = 0;

  note(xid: number, ids: readonly string[] | null): void {
    this.#last = Math.max(this.#last, xid);
    if (ids === null) this.#all.push(xid);
    else for (const id of new Set(ids)) this.#of.set(id, [...(this.#of.get(id) ?? []), xid]);
    if (this.#all.length > mostWhole || this.#of.size > mostSingle) this.#fold();
  }

  since(snapshot: Snapshot, id: string): boolean {
    if (this.#last < snapshot.xmin) return false;
    if (snapshot.xmin <= this.#folded) return true;
    const unseen = (xid: number) => !couldSee(snapshot, xid);
    return this.#all.some(unseen) || (this.#of.get(id)?.some(unseen) ?? false);
  }

  #fold(): void {
    for (const xid of [...this.#all, ...[...this.#of.values()].flat()]) this.#folded = Math.max(this.#folded, xid);
    this.#all = [];
    this.#of = new Map();
  }
}
