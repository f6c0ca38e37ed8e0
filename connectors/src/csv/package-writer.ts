/**
 * Writes a OneRoster 1.2 package as a strict reader wants it: manifest first, files at the root with the standard's columns, CRLF, and
 * the same bytes for the same rows on every machine. Rows come as a stream, so memory does not grow with them.
 */
import { Transform, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { catalogue } from './catalogue.js';

/** The files that the hub can fill, in the order in which they lie in the zip; a file leads to earlier ones only, save parents and agents. */
export const exportedFiles = [
  'orgs',
  'academicSessions',
  'courses',
  'users',
  'roles',
  'classes',
  'enrollments',
] as const;
export type ExportedFile = (typeof exportedFiles)[number];

export type PackageMode = 'bulk' | 'delta';

/** The columns of a file by the standard's names, in its order. */
export const columnsOf = (file: ExportedFile): readonly string[] =>
  catalogue['1.2'].get(file)!.columns.map(({ name }) => name);

/**
 * `rowsOf` gives a file's rows as CSV without header, each ended by a line feed, and without line breaks inside of cells. It is asked
 * for one file after the other. Ends `out`; rejects when either side breaks, and then closes the other.
 */
export async function writePackage(
  mode: PackageMode,
  rowsOf: (file: ExportedFile) => Readable,
  out: Writable,
): Promise<void> {
  const zip = new ZipFile();
  const zipped = zip.outputStream as Readable;
  zip.on('error', (error: Error) => zipped.destroy(error));
  zip.addBuffer(Buffer.from(manifestText(mode)), 'manifest.csv', entry());
  let open: Readable | null = null;
  for (const file of exportedFiles)
    zip.addReadStreamLazy(`${file}.csv`, entry(), (done) => {
      open = rowsOf(file);
      const text = asFile(`${columnsOf(file).join()}\r\n`, open);
      text.once('error', (error) => zipped.destroy(error));
      done(null, text);
    });
  zip.end();
  try {
    await pipeline(zipped, out);
  } catch (error) {
    (open as Readable | null)?.destroy();
    throw error;
  }
}

/** The same for every package: what is in a zip must not depend on when and where it was written. */
const entry = () => ({ mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true, compress: true });

function manifestText(mode: PackageMode): string {
  const files = [...catalogue['1.2'].keys()].map(
    (name) => `file.${name},${(exportedFiles as readonly string[]).includes(name) ? mode : 'absent'}`,
  );
  const lines = ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.2', ...files];
  return [...lines, 'source.systemName,Rollcall', 'source.systemCode,rollcall', ''].join('\r\n');
}

/** Pieces of this size reach the packer, however the rows came, so that its output depends on the text alone. */
const pieceBytes = 64 * 1024;

function asFile(header: string, rows: Readable): Readable {
  let pieces = [Buffer.from(header)];
  let held = pieces[0]!.length;
  const file = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // As Latin-1 every byte is one character, so a line feed is one byte of the text and nothing else is touched.
      const lines = Buffer.from(chunk.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
      pieces.push(lines);
      held += lines.length;
      if (held >= pieceBytes) {
        const all = Buffer.concat(pieces);
        const whole = all.length - (all.length % pieceBytes);
        for (let at = 0; at < whole; at += pieceBytes) this.push(all.subarray(at, at + pieceBytes));
        pieces = [all.subarray(whole)];
        held = all.length - whole;
      }
      done();
    },
    flush(done) {
      this.push(Buffer.concat(pieces));
      done();
    },
  });
  rows.once('error', (error) => file.destroy(error));
  file.once('close', () => rows.destroy());
  return rows.pipe(file);
}
