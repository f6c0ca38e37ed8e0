/** The read-through itself, for any question about links: from the store what may be believed, the rest from the database in one go. */
import type { Metrics } from '@rollcall/connectors';
import type { LookupStore } from '../../cluster/lookup-store.js';
import { linkStates, type Link } from '../../store/mappings/link.js';
import type { Answers } from '../../store/mappings/look-up.js';
import type { ChangeMarks } from './change-marks.js';
import { readSnapshot, type Snapshot } from './snapshot.js';

export interface Question {
  /** For the metrics. */
  readonly op: 'external' | 'local';
  readonly tenantId: string;
  /** Changes of this kind matter. */
  readonly kind: string;
  readonly marks: ChangeMarks;
  readonly load: (ids: readonly string[]) => Promise<Answers>;
  readonly idOf: (link: Link) => string;
}

/** As it is stored: the snapshot, and the links that were there. */
interface Entry {
  readonly at: string;
  readonly links: readonly Link[];
}

type Found = Map<string, readonly Link[]>;

export class Lookups {
  readonly #loading = new Map<string, Promise<ReadonlyMap<string, Entry>>>();
  /** Few snapshots are behind many entries. */
  readonly #snapshots = new Map<string, Snapshot>();
  #evicted = 0;

  constructor(
    private readonly store: LookupStore | null,
    private readonly metrics: Metrics,
  ) {}

  async ask(ids: readonly string[], question: Question): Promise<Found> {
    const began = performance.now();
    const found: Found = new Map();
    const missing = this.store === null ? ids : await this.#fromStore(this.store, ids, question, found);
    if (missing.length > 0) await this.#fromDatabase(missing, question, found);
    this.#count(question.op, 'hit', ids.length - missing.length);
    this.#count(question.op, 'miss', missing.length);
    this.metrics.time('rollcall_mapping_lookup_seconds', performance.now() - began, { op: question.op });
    return found;
  }

  async #fromStore(store: LookupStore, ids: readonly string[], question: Question, found: Found): Promise<string[]> {
    let entries: readonly unknown[];
    try {
      entries = await store.get(ids.map((id) => keyOf(question, id)));
    } catch {
      this.#count(question.op, 'fallback', ids.length);
      return [...ids];
    }
    // Only then: the store may have taken its time.
    await question.marks.fresh();
    const missing: string[] = [];
    for (const [at, id] of ids.entries()) {
      const entry = entries[at] == null ? null : this.#believed(entries[at], id, question);
      if (entry) found.set(id, entry.links);
      else missing.push(id);
    }
    return missing;
  }

  /** Null for what is too old, or is no entry at all. */
  #believed(entry: unknown, id: string, question: Question): Entry | null {
    if (!isEntry(entry, id, question)) {
      this.#count(question.op, 'nonsense', 1);
      return null;
    }
    const snapshot = this.#snapshotOf(entry.at);
    return snapshot === null || question.marks.movedSince(snapshot, question.kind, id) ? null : entry;
  }

  async #fromDatabase(ids: readonly string[], question: Question, found: Found): Promise<void> {
    const waited = ids.map((id) => this.#loading.get(keyOf(question, id)));
    const mine = ids.filter((_, at) => waited[at] === undefined);
    const own = mine.length > 0 ? this.#load(mine, question) : null;
    const again: string[] = [];
    for (const [at, id] of ids.entries()) {
      const other = waited[at];
      const entry = other ? (await other.catch(() => null))?.get(id) : (await own!).get(id);
      // Somebody else's answer may have been read before this was asked.
      if (other && entry) await question.marks.fresh();
      if (entry && (!other || this.#believed(entry, id, question))) found.set(id, entry.links);
      else again.push(id);
    }
    if (again.length > 0) for (const [id, { links }] of await this.#load(again, question)) found.set(id, links);
  }

  #load(ids: readonly string[], question: Question): Promise<ReadonlyMap<string, Entry>> {
    const loading = this.#read(ids, question);
    const keys = ids.map((id) => keyOf(question, id));
    for (const key of keys) this.#loading.set(key, loading);
    const done = () => {
      for (const key of keys) if (this.#loading.get(key) === loading) this.#loading.delete(key);
    };
    loading.then(done, done);
    return loading;
  }

  async #read(ids: readonly string[], { load, idOf, ...question }: Question): Promise<ReadonlyMap<string, Entry>> {
    const { snapshot: at, links } = await load(ids);
    const of = new Map<string, Link[]>(ids.map((id) => [id, []]));
    for (const link of links) of.get(idOf(link))?.push(link);
    const entries = new Map([...of].map(([id, found]) => [id, { at, links: found }]));
    const { store } = this;
    if (store !== null) {
      await store.set([...entries].map(([id, entry]) => [keyOf(question, id), entry]));
      this.metrics.count('rollcall_mapping_cache_evictions_total', {}, store.stats.evictions - this.#evicted);
      this.#evicted = store.stats.evictions;
    }
    return entries;
  }

  #snapshotOf(text: string): Snapshot | null {
    const known = this.#snapshots.get(text);
    if (known) return known;
    const snapshot = readSnapshot(text);
    if (this.#snapshots.size >= 10_000) this.#snapshots.clear();
    if (snapshot) this.#snapshots.set(text, snapshot);
    return snapshot;
  }

  #count(op: string, outcome: string, by: number): void {
    if (by > 0) this.metrics.count('rollcall_mapping_lookups_total', { op, outcome }, by);
  }
}

const keyOf = ({ op, tenantId, kind }: Pick<Question, 'op' | 'tenantId' | 'kind'>, id: string): string =>
  `${op} ${tenantId} ${kind} ${id}`;

/** Whether it is an answer to this very question. */
function isEntry(entry: unknown, id: string, { idOf }: Question): entry is Entry {
  const { at, links } = entry as Partial<Entry>;
  return (
    typeof at === 'string' &&
    Array.isArray(links) &&
    links.every(
      (link: Link | null) => typeof link?.localId === 'string' && idOf(link) === id && linkStates.includes(link.state),
    )
  );
}
