/**
 * Rows of one collection as JSON texts, in a file that has no name any more: it is gone with the process, however that ends. Rows lie
 * one after the other with commas between, so that any page is one read.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const bufferBytes = 1 << 20;
/** Rows that are read one by one mostly follow each other. */
const windowBytes = 1 << 18;

export class Spool {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #buffered = 0;
  #written = 0;
  #offsets = new Float64Array(1024);
  #rows = 0;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  /** `folder` is one that only this user may read. */
  constructor(folder: string, name: string) {
    const path = join(folder, name);
    this.#file = openSync(path, 'wx+', 0o600);
    rmSync(path);
  }

  get rows(): number {
    return this.#rows;
  }

  /** The number of the row, from 0. */
  add(json: string): number {
    const bytes = Buffer.byteLength(json) + 1;
    if (this.#rows + 1 >= this.#offsets.length) this.#offsets = grown(this.#offsets);
    if (this.#buffered + bytes > bufferBytes) this.#flush();
    if (bytes > bufferBytes) this.#append(Buffer.from(`${json},`));
    else this.#buffered += this.#buffer.write(`${json},`, this.#buffered);
    this.#rows += 1;
    this.#offsets[this.#rows] = this.#written + this.#buffered;
    return this.#rows - 1;
  }

  /** The JSON texts of rows `from` up to but not including `to`, with commas between them. */
  read(from: number, to: number): Buffer {
    const [first, last] = [Math.min(from, this.#rows), Math.min(to, this.#rows)];
    if (first >= last) return Buffer.alloc(0);
    const start = this.#offsets[first]!;
    const length = this.#offsets[last]! - 1 - start;
    if (start + length > this.#written) this.#flush();
    return length < windowBytes / 4 ? this.#nearby(start, length) : this.#stored(start, length);
  }

  /** What is written never changes, so what was read of it stays true. */
  #nearby(start: number, length: number): Buffer {
    if (start < this.#windowAt || start + length > this.#windowAt + this.#window.length) {
      this.#window = this.#stored(start, Math.min(windowBytes, this.#written - start));
      this.#windowAt = start;
    }
    return this.#window.subarray(start - this.#windowAt, start - this.#windowAt + length);
  }

  #stored(start: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < bytes.length;) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, start + done);
      if (read === 0) throw new Error('the spool is shorter than it was written');
      done += read;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    this.#append(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #append(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done);
    this.#written += bytes.length;
  }
}

function grown(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
