/**
 * A file of a package record by record, in bounded memory: bytes are proven to be UTF-8 without NUL before they are taken for CSV, and
 * a record has an end.
 */
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse, type CsvError } from 'csv-parse';
import type { Limits } from './limits.js';
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
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: limits.maxRecordBytes,
  });
  let row = 0;
  parser.on('data', (cells: string[]) => {
    row += 1;
    try {
      each(cells, row);
    } catch (error) {
      parser.destroy(error as Error);
    }
  });
  try {
    await pipeline(await open(), textGate(), parser, { signal });
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

function textGate(): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const isText = (chunk?: Buffer): boolean => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
      return true;
    } catch {
      return false;
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!isText(chunk)) return done(new NotText('file.encoding'));
      if (chunk.includes(0)) return done(new NotText('file.nul'));
      done(null, chunk);
    },
    flush: (done) => done(isText() ? null : new NotText('file.encoding')),
  });
}

function codeOf(error: unknown) {
  if (error instanceof NotText) return error.code;
  const { code = '', message = '' } = error as Partial<CsvError> & { code?: string };
  if (code === 'CSV_MAX_RECORD_SIZE') return 'file.record-too-long';
  if (code === 'CSV_QUOTE_NOT_CLOSED' || /^(CSV_)?INVALID_(OPENING|CLOSING)_QUOTE$/.test(code)) return 'file.quote';
  if (/CSV_/.test(code)) return 'file.unreadable';
  return /^Z_/.test(code) ||
    /checksum|too (many|few) bytes|not enough bytes|unsupported compression|local file header|file data overflows/.test(
      message,
    )
    ? 'package.damaged'
    : null;
}
