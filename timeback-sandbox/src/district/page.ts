/** A growing run of UTF-8 bytes that rows are written into directly: joining strings was most of the cost of serving a page. */
const FIRST_BYTES = 1 << 20;
/** Above this length the native writer is faster than a loop. */
const SHORT = 48;

export class Page {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Valid until the page is written to or cleared again. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): this {
    this.#length = 0;
    return this;
  }

  text(text: string): this {
    const { length } = text;
    this.#makeRoom(length * 3);
    const start = this.#length;
    if (length <= SHORT) {
      for (let i = 0; i < length; i += 1) {
        const code = text.charCodeAt(i);
        if (code > 127) return this.#encode(text);
        this.#buffer[start + i] = code;
      }
      this.#length += length;
      return this;
    }
    return this.#encode(text);
  }

  raw(bytes: Uint8Array): this {
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  id(ids: { write(buffer: Buffer, at: number, index: number): void; length: number }, index: number): this {
    this.#makeRoom(ids.length);
    ids.write(this.#buffer, this.#length, index);
    this.#length += ids.length;
    return this;
  }

  #encode(text: string): this {
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
    return this;
  }

  #makeRoom(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#buffer.length) return;
    const wider = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(wider, 0, 0, this.#length);
    this.#buffer = wider;
  }
}
