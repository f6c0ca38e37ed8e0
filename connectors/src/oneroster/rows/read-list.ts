/**
 * From the bytes of a page to its rows, parsing only those that the caller does not know. A body that cannot be split is parsed
 * as a whole, so that what is wrong with it is said in the same words.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Reading } from '../../http/base-api-client.js';
import { jsonBody } from '../../http/body.js';
import { failure } from '../../http/outcome.js';
import { keysDigest as digestOfKeys } from '../../keys-digest.js';
import { partOf } from './json-parts.js';
import type { RowDigest } from './row-digest.js';
import { splitRows, type Row, type SplitRows } from './split-rows.js';

export interface ListBody {
  /** The whole answer; its list may be empty here. */
  readonly envelope: unknown;
  readonly rowCount: number;
  /** The rows to read. */
  readonly rows: readonly unknown[];
  /** One for each of `rows`; empty where the body could not be split. */
  readonly digests: readonly string[];
  /** Of all rows, in their order; empty likewise. */
  readonly allDigests: readonly string[];
  /** Digests of the rows that were known. */
  readonly unchanged: readonly string[];
  readonly bodyDigest: string;
  readonly keysDigest: string;
}

export interface ListReading {
  readonly listKey: string;
  readonly digestOf: RowDigest;
  readonly isKnown?: ((digest: string) => boolean) | undefined;
}

export function readList(body: Buffer, how: ListReading): Reading<ListBody> {
  const ascii = isAscii(body);
  const split = ascii || isUtf8(body) ? splitRows(body, how.listKey) : null;
  const value = split && inParts(body, split, ascii ? 'latin1' : 'utf8', how);
  return value ? { value } : asWhole(body, how.listKey);
}

type Encoding = 'latin1' | 'utf8';

/** Null when one of the parts is no JSON. A known row is: the same bytes were parsed when it became known. */
function inParts(body: Buffer, split: SplitRows, encoding: Encoding, how: ListReading): ListBody | null {
  const all: string[] = [];
  const fresh: number[] = [];
  const digests: string[] = [];
  const unchanged: string[] = [];
  for (const row of split.rows) {
    const digest = how.digestOf(body, row);
    if (how.isKnown?.(digest)) unchanged.push(digest);
    else {
      fresh.push(all.length);
      digests.push(digest);
    }
    all.push(digest);
  }
  const keysDigest = hash('sha256', all.join(''), 'hex');
  const bodyDigest = hash('sha256', keysDigest + split.envelope, 'hex');
  try {
    const envelope: unknown = JSON.parse(split.envelope);
    const rows = parsedRows(body, split.rows, fresh, encoding);
    return { envelope, rowCount: all.length, rows, digests, allDigests: all, unchanged, bodyDigest, keysDigest };
  } catch {
    return null;
  }
}

/** Neighbours are parsed together: the parser is quicker at a row when it has just met one of the same shape. */
function parsedRows(body: Buffer, all: readonly Row[], fresh: readonly number[], encoding: Encoding): unknown[] {
  const rows: unknown[] = [];
  for (let first = 0, next = 0; first < fresh.length; first = next) {
    const run = fresh[first]!;
    do next += 1;
    while (next - first < maxRun && fresh[next] === run + next - first);
    const text = body.toString(encoding, all[run]!.start, all[fresh[next - 1]!]!.end);
    rows.push(...(JSON.parse(`[${text}]`) as unknown[]));
  }
  return rows;
}

/** Rows; measured: one by one costs a quarter more, and so does all at once. */
const maxRun = 32;

function asWhole(body: Buffer, listKey: string): Reading<ListBody> {
  const whole = jsonBody(body);
  if (!('json' in whole)) return whole;
  const rows = partOf(whole.json, listKey);
  if (!Array.isArray(rows)) return failure('unreadable', `the body has no list '${listKey}'`);
  return {
    value: {
      envelope: whole.json,
      rowCount: rows.length,
      rows,
      digests: [],
      allDigests: [],
      unchanged: [],
      bodyDigest: hash('sha256', body, 'hex'),
      keysDigest: digestOfKeys(rows.map(keyOf)),
    },
  };
}

function keyOf(row: unknown): string | null {
  const key = partOf(row, 'sourcedId');
  return typeof key === 'string' ? key : null;
}
