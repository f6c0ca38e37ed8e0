/** The checksums of everything loaded before, in one flat array. A checksum covers the external id, so a hit means unchanged. */
import { to as copyTo } from 'pg-copy-streams';
import type { PoolClient } from 'pg';

const headerBytes = 19;
const tupleBytes = 22; // field count (2), length (4), uuid (16)

export class Checksums {
  #slots: Uint32Array;
  #mask: number;
  size = 0;
  /** Members found so far; each record is asked for once. */
  hits = 0;

  constructor(expected: number) {
    let capacity = 1024;
    while (capacity < expected * 1.6) capacity *= 2;
    this.#slots = new Uint32Array(capacity * 4);
    this.#mask = capacity - 1;
  }

  static async load(client: PoolClient): Promise<Checksums> {
    const counted = await client.query<{ n: string }>('SELECT count(*) AS n FROM external_system_mappings');
    const set = new Checksums(Number(counted.rows[0]!.n));
    const parts: Buffer[] = [];
    const stream = client.query(
      copyTo('COPY (SELECT base_checksum FROM external_system_mappings) TO STDOUT (FORMAT binary)'),
    );
    for await (const part of stream) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    for (let at = headerBytes; at + tupleBytes <= bytes.length; at += tupleBytes) set.#add(bytes, at + 6);
    return set;
  }

  has(checksum: string): boolean {
    const word = (at: number) => parseInt(checksum.slice(at, at + 8), 16);
    const slot = this.#find(word(0), word(8), word(16), word(24));
    if (slot < 0) return false;
    this.hits += 1;
    return true;
  }

  #add(bytes: Buffer, at: number): void {
    const words = [0, 4, 8, 12].map((i) => bytes.readUInt32BE(at + i));
    const slot = this.#find(words[0]!, words[1]!, words[2]!, words[3]!);
    if (slot >= 0) return;
    this.#slots.set(words, ~slot);
    this.size += 1;
  }

  /** The index of the member, or the complement of the free index where it would stand. */
  #find(a: number, b: number, c: number, d: number): number {
    const slots = this.#slots;
    for (let slot = a & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const i = slot * 4;
      if (slots[i] === a && slots[i + 1] === b && slots[i + 2] === c && slots[i + 3] === d) return i;
      if ((slots[i]! | slots[i + 1]! | slots[i + 2]! | slots[i + 3]!) === 0) return ~i;
    }
  }
}
