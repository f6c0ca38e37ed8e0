/** The read-through itself, for any question about links: from the store what may be believed, the rest from the database in one go. */
import type { Metrics } from '@rollcall/connectors';
import type { LookupStore } from '../../cluster/lookup-store.js';
import type { Link } from '../../store/mappings/link.js';
import type { Answers } from '../../store/mappings/look-up.js';
import type { ChangeMarks } from './change-marks.js';
import type { Packing } from './packing.js';
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
  readonly packing: Packing;
}

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
  #believed(packed: unknown, id: string, question: Question): Entry | null {
    const entry = unpacked(packed, id, question);
    if (entry === null) {
      this.#count(question.op, 'nonsense', 1);
      return null;
    }
    return this.#isYoung(entry, id, question) ? entry : null;
  }

  #isYoung({ at }: Entry, id: string, { marks, kind }: Question): boolean {
    const snapshot = this.#snapshotOf(at);
    return snapshot !== null && !marks.movedSince(snapshot, kind, id);
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
      if (entry && (!other || this.#isYoung(entry, id, question))) found.set(id, entry.links);
      else again.push(id);
    }
    if (again.length > 0) for (const [id, { links }] of await this.#load(again, question)) found.set(id, links);
  }

  #load(ids: readonly string[], question: Question): Promise<ReadonlyMap<string, Entry>> {
    const loading = this.#read(ids, question);
    const keys = ids.map((id) => keyOf(question, id));
    for (const key of keys) this.#loading.set(key, loading);
    const forget = async () => {
      await loading.catch(() => undefined);
      for (const key of keys) if (this.#loading.get(key) === loading) this.#loading.delete(key);
    };
    void forget();
    return loading;
  }

  async #read(
    ids: readonly string[],
    { load, idOf, packing, ...question }: Question,
  ): Promise<ReadonlyMap<string, Entry>> {
    const { snapshot: at, links } = await load(ids);
    const of = new Map<string, Link[]>(ids.map((id) => [id, []]));
    for (const link of links) of.get(idOf(link))?.push(link);
    const entries = new Map([...of].map(([id, found]) => [id, { at, links: found }]));
    const { store } = this;
    if (store !== null) {
      await store.set([...of].map(([id, found]) => [keyOf(question, id), [at, ...found.map(packing.pack)]]));
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

/** As `#read` has packed it: the snapshot, and the links that were there. Null for anything else. */
function unpacked(packed: unknown, id: string, { packing }: Question): Entry | null {
  if (!Array.isArray(packed) || typeof packed[0] !== 'string') return null;
  const links: Link[] = [];
  for (let at = 1; at < packed.length; at += 1) {
    const link = packing.unpack(packed[at], id);
    if (link === null) return null;
    links.push(link);
  }
  return { at: packed[0], links };
}
