/** Rows of an import, from CSV or JSON lines, in bounded memory: what a row says as text, or why it says nothing. */
import { Transform } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import { Fault } from '@rollcall/core';
import { unguarded } from './formula.js';

export type TransferFormat = 'csv' | 'jsonl';

/** As the file has it; every value may be missing or nonsense. */
export interface RawRow {
  readonly entity: unknown;
  readonly externalId: unknown;
  readonly localId: unknown;
  readonly state: unknown;
}

/** Nothing that is one row is longer. */
export const longestRowBytes = 64 * 1024;
const columns = ['entity', 'externalId', 'localId', 'state'] as const;

/** `each` is called in the order of the rows; null is a row that cannot be read. */
export const rowReader = (format: TransferFormat, each: (row: RawRow | null) => void): Transform[] =>
  format === 'csv' ? [csvParser(), new CellRows(each)] : [new LineRows(each)];

const csvParser = (): Transform =>
  parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRowBytes,
  });

/** The first row names the columns, in any order; others than ours are passed over. */
class CellRows extends Transform {
  #places: readonly number[] | null = null;

  constructor(private readonly each: (row: RawRow | null) => void) {
    super({ writableObjectMode: true });
  }

  override _transform(cells: string[], _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#places === null) {
      const places = columns.map((name) => cells.indexOf(name));
      if (places.slice(0, 3).includes(-1))
        return done(refuse('The first row must name the columns entity, externalId and localId'));
      this.#places = places;
      return done();
    }
    const [entity, externalId, localId, state] = this.#places.map((place) => cells[place]);
    this.each({ entity, externalId: unguarded(externalId ?? ''), localId, state });
    done();
  }
}

/** One JSON object a line. */
class LineRows extends Transform {
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;

  constructor(private readonly each: (row: RawRow | null) => void) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      if (at - from > longestRowBytes) return done(this.#tooLong());
      this.#take(bytes.toString('utf8', from, at));
      from = at + 1;
    }
    this.#rest = bytes.subarray(from);
    done(this.#rest.length > longestRowBytes ? this.#tooLong() : null);
  }

  override _flush(done: () => void): void {
    this.#take(this.#rest.toString('utf8'));
    done();
  }

  #take(line: string): void {
    this.#line += 1;
    const text = (this.#line === 1 && line.startsWith('\ufeff') ? line.slice(1) : line).trim();
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.each(null);
    }
    this.each(value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as RawRow) : null);
  }

  #tooLong(): Fault {
    return refuse(`Line ${this.#line + 1} is longer than ${longestRowBytes / 1024} KiB`);
  }
}

const refuse = (sentence: string): Fault => new Fault('invalid_input', `${sentence}. Nothing was imported.`);

/** What is wrong with the file as a whole, in one sentence; other errors as they are. */
export function fileFault(error: unknown): unknown {
  const { code = '', lines = 0 } = error as Partial<CsvError> & { lines?: number };
  if (!/^CSV_|^INVALID_/.test(code)) return error;
  if (code === 'CSV_MAX_RECORD_SIZE')
    return refuse(
      `The row at line ${lines} is longer than ${longestRowBytes / 1024} KiB; a quotation mark may be missing before it`,
    );
  return refuse(`The CSV cannot be read at line ${lines}: a quotation mark stands where none may, or is missing`);
}
