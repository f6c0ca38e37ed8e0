/**
 * A package in a zip file. Everything is judged by the directory before a byte is unpacked, and again while it is: a zip that lies
 * about its sizes is found out where the lie begins.
 */
import { Transform, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import type { Limits } from './limits.js';
import type { Packed, PackedFile } from './packed.js';
import { PackageRefused, type Report } from './report.js';

export async function zipFiles(path: string, limits: Limits, report: Report): Promise<Packed> {
  const zip = await openPromise(path, { autoClose: false }).catch(() => report.stop('package.damaged'));
  try {
    return { files: await listed(zip, limits, report), close: () => zip.close() };
  } catch (error) {
    zip.close();
    if (error instanceof PackageRefused) throw error;
    // yauzl refuses names that lead out of the package while it reads the directory.
    return report.stop(
      /invalid (relative path|characters)|absolute path/.test(String(error)) ? 'package.path' : 'package.damaged',
    );
  }
}

async function listed(zip: ZipFile, limits: Limits, report: Report): Promise<PackedFile[]> {
  if (zip.entryCount > limits.maxEntries) report.stop('package.entries');
  const files: PackedFile[] = [];
  let [packed, unpacked] = [0, 0];
  for await (const entry of zip.eachEntry()) {
    refuseOdd(entry, limits, report);
    packed += entry.compressedSize;
    unpacked += entry.uncompressedSize;
    if (unpacked > limits.maxTotalBytes) report.stop('package.size');
    files.push({ path: entry.fileName, open: () => unpackedStream(zip, entry) });
  }
  // Entries may lie on top of each other, so the whole is held against the size of the zip as well.
  if (unpacked > smallest && unpacked > limits.maxRatio * Math.min(packed, zip.fileSize)) report.stop('package.ratio');
  return files;
}

/** Bytes; below this nothing is a bomb, and a file of one repeated line may shrink a lot. */
const smallest = 1 << 20;

function refuseOdd(entry: Entry, { maxRatio }: Limits, report: Report): void {
  const { fileName, compressedSize, uncompressedSize } = entry;
  // Control characters in a name, NUL above all, are there to deceive.
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(fileName) || fileName === '') report.stop('package.path');
  if (entry.isEncrypted()) report.stop('package.encrypted');
  const unixKind = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (unixKind !== 0 && unixKind !== 0o100000 && unixKind !== 0o040000) report.stop('package.link');
  if (uncompressedSize > smallest && uncompressedSize > maxRatio * compressedSize) report.stop('package.ratio');
}

async function unpackedStream(zip: ZipFile, entry: Entry): Promise<Readable> {
  const source = await zip.openReadStreamPromise(entry);
  let sum = 0;
  const summed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush: (done) => done(sum === entry.crc32 ? null : new Error('the checksum of a file is wrong')),
  });
  source.once('error', (error) => summed.destroy(error));
  summed.once('close', () => source.destroy());
  return source.pipe(summed);
}
