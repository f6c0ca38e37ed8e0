/**
 * The rows of a filtered, searched or otherwise sorted list. Reads the whole collection once, in slices that let other requests
 * through, and remembers the row numbers of the last few selections for their next pages.
 */
import { type Row, matches, valuesAt } from './matches.js';
import { countShown, shownAt } from '../collections/shown.js';
import type { Collection } from '../collections/catalogue.js';
import type { ListQuery } from './parameters.js';
import type { View } from '../view.js';

const SLICE = 2000;
const REMEMBERED = 6;
/** `search` works on these two only and is silently ignored elsewhere, as seen live. */
const SEARCHED: Record<string, string[]> = {
  users: ['givenName', 'familyName', 'email', 'username', 'identifier'],
  courses: ['title', 'courseCode'],
};

export class Selections {
  readonly #recent = new Map<string, number[]>();

  /** Whether this query needs more than positions in row order. */
  static isPlain(collection: Collection, query: ListQuery): boolean {
    return !query.condition && query.sort === 'sourcedId' && !(query.search && SEARCHED[collection.name]);
  }

  async rows(view: View, collection: Collection, query: ListQuery): Promise<number[]> {
    const key = JSON.stringify([collection.name, view.district.revision, query.selection]);
    let rows = this.#recent.get(key);
    if (rows === undefined) {
      rows = await select(view, collection, query);
      for (const old of [...this.#recent.keys()].slice(0, -REMEMBERED + 1)) this.#recent.delete(old);
    }
    this.#recent.delete(key);
    this.#recent.set(key, rows);
    return rows;
  }

  clear(): void {
    this.#recent.clear();
  }
}

async function select(view: View, collection: Collection, query: ListQuery): Promise<number[]> {
  const found: { index: number; key: string | number }[] = [];
  const total = countShown(view, collection);
  for (let offset = 0; offset < total; offset += SLICE) {
    for (const index of shownAt(view, collection, offset, SLICE)) {
      const valuesOf = fieldReader(view, collection, index);
      if (query.condition && !matches(query.condition, valuesOf)) continue;
      if (query.search && !isFound(SEARCHED[collection.name], query.search, valuesOf)) continue;
      const key = query.sort === 'sourcedId' ? '' : valuesOf(query.sort)[0];
      found.push({ index, key: typeof key === 'number' || typeof key === 'string' ? key : '' });
    }
    await new Promise(setImmediate);
  }
  // sourcedId order is row order
  found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  if (query.descending) found.reverse();
  return found.map(({ index }) => index);
}

function isFound(fields: string[] | undefined, search: string, valuesOf: (field: string) => unknown[]): boolean {
  return !fields || fields.some((field) => valuesOf(field).some((v) => String(v).toLowerCase().includes(search)));
}

/** Reads the fields that delta and status filters ask for without writing and parsing the row. */
function fieldReader(view: View, collection: Collection, index: number): (field: string) => unknown[] {
  let row: Row | undefined;
  const spoiled = view.isSpoiled(collection.entity, index);
  return (field) => {
    if (!spoiled && field === 'status') return [view.status(collection.entity, index)];
    if (!spoiled && field === 'dateLastModified') return [view.modifiedAt(collection.entity, index)];
    row ??= JSON.parse(view.rowText(collection.entity, index)) as Row;
    return valuesAt(row, field);
  };
}
