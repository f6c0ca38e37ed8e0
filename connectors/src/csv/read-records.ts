/**
 * A file of a package record by record, in bounded memory: bytes are proven to be UTF-8 without NUL before they are taken for CSV, and
 * a record has an end.
 */
import { addAbortSignal, type Readable } from 'node:stream';
import type { Limits } from './limits.js';
import { BrokenRecord, RecordSplitter } from './record-splitter.js';
import { PackageRefused, type Report } from './report.js';

export interface RecordSource {
  /** As in the package, for the report. */
  readonly file: string;
  readonly open: () => Promise<Readable>;
}

/** `each` gets the cells and the row's number, the header being row 1. */
export async function readRecords(
  { file, open }: RecordSource,
  { limits, report, signal }: { limits: Limits; report: Report; signal: AbortSignal },
  each: (cells: string[], row: number) => void,
): Promise<void> {
  let row = 0;
  const splitter = new RecordSplitter(limits.maxRecordBytes, (cells) => {
    row += 1;
    each(cells, row);
  });
  try {
    const bytes = addAbortSignal(signal, await open());
    const textOf = textGate();
    for await (const chunk of bytes) splitter.push(textOf(chunk as Buffer));
    splitter.push(textOf(null));
    splitter.end();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PackageRefused) throw error;
    const code = codeOf(error);
    if (code === null) throw error;
    report.stop(code, { file, ...(code.startsWith('file.') ? { row: row + 1 } : {}) });
  }
}

class NotText extends Error {
  constructor(readonly code: 'file.encoding' | 'file.nul') {
    super(code);
  }
}

/** A byte order mark is left out. Null for the end. */
function textGate(): (chunk: Buffer | null) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    const text = decoded(decoder, chunk);
    if (text.includes('\0')) throw new NotText('file.nul');
    return text;
  };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | null): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new NotText('file.encoding');
  }
}

function codeOf(error: unknown) {
  if (error instanceof NotText || error instanceof BrokenRecord) return error.code;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^Z_/.test(code) ||
    /checksum|too (many|few) bytes|not enough bytes|unsupported compression|local file header|file data overflows/.test(
      message,
    )
    ? 'package.damaged'
    : null;
}
