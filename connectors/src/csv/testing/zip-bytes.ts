/** For tests: zip files byte by byte, so that they can lie. Nothing here is checked; that is what the reader under test is for. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string | Buffer;
  readonly content: Buffer | string;
  readonly stored?: boolean;
  /** What the zip says of it, where that is not so. */
  readonly claimedSize?: number;
  readonly claimedSum?: number;
  readonly encrypted?: boolean;
  /** `0o120777` for a link. */
  readonly unixMode?: number;
  /** Number of the entry whose bytes this one claims as its own. */
  readonly bytesOf?: number;
}

/** `claimedEntries`: what the directory's end says, where that is not so. */
export function zipBytes(entries: readonly ZipEntry[], claimedEntries = entries.length): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const starts: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content);
    const packed = entry.stored ? content : deflateRawSync(content);
    starts.push(entry.bytesOf === undefined ? at : starts[entry.bytesOf]!);
    const body = headOf(entry, content, packed, name);
    if (entry.bytesOf === undefined) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04'), body, name, packed]);
      parts.push(local);
      at += local.length;
    }
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.unixMode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(starts.at(-1)!, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), body, tail, name]));
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(claimedEntries & 0xffff, 4);
  end.writeUInt16LE(claimedEntries & 0xffff, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}

function headOf(entry: ZipEntry, content: Buffer, packed: Buffer, name: Buffer): Buffer {
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(0x0800 | (entry.encrypted ? 1 : 0), 2);
  head.writeUInt16LE(entry.stored ? 0 : 8, 4);
  head.writeUInt32LE(entry.claimedSum ?? crc32(content), 10);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(entry.claimedSize ?? content.length, 18);
  head.writeUInt16LE(name.length, 22);
  return head;
}
