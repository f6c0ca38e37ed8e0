/** Writes what somebody sends into a file that only this user can read, up to a limit, and tells its digest. What broke leaves nothing behind. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Fault } from '@rollcall/core';

export interface ReceivedFile {
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly digest: string;
}

/**
 * Leaves what is not taken of `content` where it is, so that who sends it can still be answered. Throws Fault invalid_input for one that
 * is too long or empty, or whose sender went away.
 */
export async function receiveFile(content: Readable, path: string, mostBytes: number): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of content.iterator({ destroyOnReturn: false })) {
        bytes += (chunk as Buffer).length;
        if (bytes > mostBytes) throw new Fault('invalid_input', `A package may have ${mostBytes} bytes at most.`);
        hash.update(chunk as Buffer);
        await file.writeFile(chunk as Buffer);
      }
    } finally {
      await file.close();
    }
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
