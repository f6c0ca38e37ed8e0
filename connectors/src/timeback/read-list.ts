/**
 * From the bytes of a page to its rows, parsing only those that the caller does not know. A body that cannot be split is parsed
 * as a whole, so that what is wrong with it is said in the same words.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Reading } from '../http/base-api-client.js';
import { jsonBody } from '../http/body.js';
import { failure } from '../http/outcome.js';
import { keysDigest } from '../keys-digest.js';
import { partOf } from './json-parts.js';
import type { RowDigest } from './row-digest.js';
import { splitRows, type SplitRows } from './split-rows.js';

export interface ListBody {
  /** The whole answer; its list may be empty here. */
  readonly envelope: unknown;
  readonly rowCount: number;
  /** The rows to read. */
  readonly rows: readonly unknown[];
  /** One for each of `rows`; empty where the body could not be split. */
  readonly digests: readonly string[];
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

/** Null when one of the parts is no JSON. A known row is: the same bytes were parsed when it became known. */
function inParts(body: Buffer, split: SplitRows, encoding: 'latin1' | 'utf8', how: ListReading): ListBody | null {
  const all: string[] = [];
  const rows: unknown[] = [];
  const digests: string[] = [];
  const unchanged: string[] = [];
  let envelope: unknown;
  try {
    envelope = JSON.parse(split.envelope);
    for (const row of split.rows) {
      const digest = how.digestOf(body, row);
      all.push(digest);
      if (how.isKnown?.(digest)) {
        unchanged.push(digest);
        continue;
      }
      rows.push(JSON.parse(body.toString(encoding, row.start, row.end)));
      digests.push(digest);
    }
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const ofRows = hash('sha256', all.join(''), 'hex');
  const ofBody = hash('sha256', ofRows + split.envelope, 'hex');
  return { envelope, rowCount: all.length, rows, digests, unchanged, bodyDigest: ofBody, keysDigest: ofRows };
}

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
      unchanged: [],
      bodyDigest: hash('sha256', body, 'hex'),
      keysDigest: keysDigest(rows.map(keyOf)),
    },
  };
}

function keyOf(row: unknown): string | null {
  const key = partOf(row, 'sourcedId');
  return typeof key === 'string' ? key : null;
}
