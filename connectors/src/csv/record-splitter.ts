/**
 * CSV into records, as RFC 4180 has it and with LF or CR for line ends too, in pieces of any size. A line without quotes, which nearly
 * all are, is cut in one go; a parser that looks at every character took half of the time that a package's reading took.
 */
export class RecordSplitter {
  #rest = '';
  /** Where the next quote and the next CR are, so that lines without them are not searched for them again. */
  #quote = -1;
  #cr = -1;

  /** `most` is what a record may have at most, in characters. Empty lines are no records. */
  constructor(
    private readonly most: number,
    private readonly each: (cells: string[]) => void,
  ) {}

  /** Throws a BrokenRecord, and what `each` throws. */
  push(text: string): void {
    this.#rest = this.#rest === '' ? text : this.#rest + text;
    this.#split(false);
    if (this.#rest.length > this.most) throw new BrokenRecord('file.record-too-long');
  }

  end(): void {
    this.#split(true);
  }

  #split(last: boolean): void {
    const text = this.#rest;
    this.#quote = this.#cr = -1;
    let at = 0;
    while (at < text.length) {
      const next = this.#record(text, at, last);
      if (next === -1) break;
      if (next - at > this.most) throw new BrokenRecord('file.record-too-long');
      at = next;
    }
    this.#rest = text.slice(at);
  }

  /** Where the record that begins here ends, its line end included; -1 where that is not there yet. */
  #record(text: string, at: number, last: boolean): number {
    if (this.#quote < at) this.#quote = found(text, '"', at);
    if (this.#cr < at) this.#cr = found(text, '\r', at);
    const end = Math.min(found(text, '\n', at), this.#cr);
    if (this.#quote < end) return this.#quoted(text, at, last);
    const next = afterLine(text, end, last);
    if (next !== -1 && end > at) this.each(text.slice(at, Math.min(end, text.length)).split(','));
    return next;
  }

  #quoted(text: string, at: number, last: boolean): number {
    const cells: string[] = [];
    for (let from = at; ;) {
      const cell = text[from] === '"' ? quotedCell(text, from, last) : plainCell(text, from);
      if (cell === null || (cell.end >= text.length && !last)) return -1;
      cells.push(cell.value);
      if (text[cell.end] === ',') {
        from = cell.end + 1;
        continue;
      }
      const next = afterLine(text, cell.end, last);
      if (next !== -1) this.each(cells);
      return next;
    }
  }
}

export class BrokenRecord extends Error {
  constructor(readonly code: 'file.record-too-long' | 'file.quote') {
    super(code);
  }
}

interface Cell {
  readonly value: string;
  /** Of the comma or the line end behind it, or of the text. */
  readonly end: number;
}

function quotedCell(text: string, open: number, last: boolean): Cell | null {
  let value = '';
  for (let from = open + 1; ;) {
    const close = text.indexOf('"', from);
    if (close === -1) {
      if (last) throw new BrokenRecord('file.quote');
      return null;
    }
    value += text.slice(from, close);
    const end = close + 1;
    if (text[end] !== '"') {
      if (end < text.length && !isEnd(text.charCodeAt(end))) throw new BrokenRecord('file.quote');
      return { value, end };
    }
    value += '"';
    from = end + 1;
  }
}

function plainCell(text: string, from: number): Cell {
  let end = from;
  while (end < text.length && !isEnd(text.charCodeAt(end))) {
    if (text[end] === '"') throw new BrokenRecord('file.quote');
    end += 1;
  }
  return { value: text.slice(from, end), end };
}

const isEnd = (code: number): boolean => code === 0x2c || code === 0x0a || code === 0x0d;

/** Infinity where it is not. */
function found(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? Infinity : at;
}

/** A CR at the end may be half of a line end. */
function afterLine(text: string, end: number, last: boolean): number {
  if (end >= text.length) return last ? text.length : -1;
  if (text[end] === '\n') return end + 1;
  if (end + 1 === text.length && !last) return -1;
  return text[end + 1] === '\n' ? end + 2 : end + 1;
}
