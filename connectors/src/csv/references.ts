/**
 * Whether ids lead to a row of the package. An id that leads forward, to a row or a file not yet read, is kept as two numbers until all is
 * read. Only whole files are held to it: a delta may lead to what was sent before.
 */
import type { FileMode } from './manifest.js';
import { KeyIndex, type HashKey } from './key-index.js';
import type { Place, Report } from './report.js';

interface Pending {
  readonly place: Omit<Place, 'row'>;
  readonly highs: number[];
  readonly lows: number[];
  readonly rows: number[];
}

export class References {
  readonly #indexes = new Map<string, KeyIndex>();
  /** By target, file and column. */
  readonly #pending = new Map<string, Pending & { readonly target: string }>();

  constructor(
    private readonly key: HashKey,
    private readonly modeOf: (file: string) => FileMode,
    private readonly report: Report,
  ) {}

  /** The ids of a file. */
  index(file: string): KeyIndex {
    let index = this.#indexes.get(file);
    if (!index) this.#indexes.set(file, (index = new KeyIndex(this.key)));
    return index;
  }

  /** `value` is an id, or a list of ids. */
  note(target: string, value: unknown, from: { readonly mode: FileMode }, place: Place): void {
    if (from.mode === 'delta' || !['bulk', 'unsaid'].includes(this.modeOf(target))) return;
    for (const id of Array.isArray(value) ? (value as string[]) : [String(value)]) {
      const index = this.index(target);
      const hash = index.hash(id);
      if (index.findHash(hash) === -1) this.#keep(target, hash, place);
    }
  }

  /** Reports what leads nowhere, now that everything is read. */
  settle(): void {
    for (const { target, place, highs, lows, rows } of this.#pending.values()) {
      // A file that was not read in this mode says nothing.
      const index = this.#indexes.get(target);
      if (!index || index.size === 0) continue;
      for (let n = 0; n < rows.length; n += 1)
        if (index.findHash({ high: highs[n]!, low: lows[n]! }) === -1)
          this.report.add('reference.missing', { ...place, row: rows[n]! });
    }
    this.#pending.clear();
  }

  #keep(target: string, { high, low }: { high: number; low: number }, { row = 0, ...place }: Place): void {
    const name = `${target}/${place.file}/${place.column}`;
    let pending = this.#pending.get(name);
    if (!pending) this.#pending.set(name, (pending = { target, place, highs: [], lows: [], rows: [] }));
    pending.highs.push(high);
    pending.lows.push(low);
    pending.rows.push(row);
  }
}
