/** Lets through what can be text of an import, and nothing else: UTF-8 without zero bytes, unpacked, and not more than is borne. */
import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { Fault } from '@rollcall/core';

export class TextGate extends Transform {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  constructor(private readonly mostBytes: number) {
    super();
  }

  /** Of all that went through. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const fault = this.#faultOf(chunk);
    if (fault) return done(fault);
    this.#hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#isText() ? null : notText(this.#bytes));
  }

  #faultOf(chunk: Buffer): Fault | null {
    if (this.#bytes === 0 && isPacked(chunk))
      return refuse('The file is packed. Unpack it and import the text inside.');
    this.#bytes += chunk.length;
    if (this.#bytes > this.mostBytes)
      return refuse(`The file has more than ${Math.floor(this.mostBytes / 2 ** 20)} MiB. Split it into several.`);
    return this.#isText(chunk) && !chunk.includes(0) ? null : notText(this.#bytes);
  }

  #isText(chunk?: Buffer): boolean {
    try {
      this.#decoder.decode(chunk, { stream: chunk !== undefined });
      return true;
    } catch {
      return false;
    }
  }
}

const refuse = (sentence: string): Fault => new Fault('invalid_input', `${sentence} Nothing was imported.`);

const notText = (bytes: number): Fault =>
  refuse(`The file is not UTF-8 text (within its first ${bytes} bytes). Save it as UTF-8.`);

/** By the first bytes of gzip, zip, zstd, xz, bzip2. */
const isPacked = (start: Buffer): boolean =>
  ['1f8b', '504b0304', '28b52ffd', 'fd377a58', '425a68'].some((magic) => start.toString('hex', 0, 4).startsWith(magic));
