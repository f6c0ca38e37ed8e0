/** Writes what somebody sends into a file that only this user can read, up to a limit, and tells its digest. What broke leaves nothing behind. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '@rollcall/core';

export interface ReceivedFile {
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly digest: string;
}

/** Throws Fault invalid_input for one that is too long or empty, or whose sender went away. */
export async function receiveFile(content: Readable, path: string, mostBytes: number): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > mostBytes) return done(new Fault('invalid_input', `A package may have ${mostBytes} bytes at most.`));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(content, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    if (bytes === 0) throw new Fault('invalid_input', 'There is nothing in the upload.');
    return { bytes, digest: hash.digest('hex') };
  } catch (error) {
    await rm(path, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
      throw new Fault('invalid_input', 'The upload ended before it was whole.', { cause: error });
    throw error;
  }
}
