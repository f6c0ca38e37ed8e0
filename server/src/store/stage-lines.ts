/**
 * Turns canonical records into stage lines. This is the hot path of every run: a record whose checksum is in the base set
 * costs one projection, one hash and a short line; only new and changed records are written whole.
 */
import { projectionOf, type Entity, type Field, type Reject, type Role, type RosterRecord } from '@rollcall/core';
import type { BaseSet } from './base-set.js';
import { checksumOf } from './checksum.js';
import { copyArray, copyJson, copyValue } from './copy-text.js';
import type { StagedLines } from './stage.js';

export interface EncodedPage {
  readonly lines: StagedLines;
  readonly fullRows: number;
  readonly slimRows: number;
  readonly sameRows: number;
  readonly rejectedRows: number;
  /** Rejected rows whose key could not be read. One of them makes the phase prove nothing about removals. */
  readonly keylessRows: number;
}

/** No page holds this many rows. Sources give more than was asked for, so an offset alone does not tell rows apart. */
const rowsPerPage = 2 ** 20;

export interface PageContent {
  readonly offset: number;
  readonly records: readonly RosterRecord[];
  readonly rejects: readonly Reject[];
  /** Digests of the records as they came, in the order of `records`; empty when the source has none. */
  readonly digests: readonly string[];
  /** Digests of rows that came byte for byte as before. */
  readonly unchanged: readonly string[];
}

/** `offset` is the page's place in the feed; row numbers follow from it, so that a page read again gets the same ones. */
export function encodePage(
  entity: Entity,
  page: PageContent,
  base: Pick<BaseSet, 'checksums'>,
  firstRow = page.offset * rowsPerPage,
): EncodedPage {
  const { offset } = page;
  const rejects = [...page.rejects];
  let full = '';
  let slim = '';
  let n = firstRow;
  let fullRows = 0;
  let slimRows = 0;
  for (const [i, record] of page.records.entries()) {
    const checksum = checksumOf(projectionOf(entity, record));
    const head = `${n}\t${offset}\t${copyValue(record.sourcedId)}\t${checksum}\t${record.dateLastModified ?? '\\N'}\t${page.digests[i] ?? '\\N'}`;
    n += 1;
    if (base.checksums.has(checksum)) {
      slim += `${head}\n`;
      slimRows += 1;
      continue;
    }
    const line = fullLine(head, entity, record);
    if (line === null) rejects.push(nulReject(record.sourcedId));
    else {
      full += line;
      fullRows += 1;
    }
  }
  let same = '';
  for (const digest of page.unchanged) {
    same += `${n}\t${offset}\t${digest}\n`;
    n += 1;
  }
  let rejected = '';
  for (const reject of rejects) {
    rejected += `${n}\t${offset}\t${copyValue(reject.externalId)}\t${reject.code}\t${copyValue(reject.field)}\t${copyValue(reject.message)}\n`;
    n += 1;
  }
  return {
    lines: { full, slim, same, rejects: rejected },
    fullRows,
    slimRows,
    sameRows: page.unchanged.length,
    rejectedRows: rejects.length,
    keylessRows: rejects.filter((reject) => reject.externalId === null).length,
  };
}

/** Null when the line holds a NUL, which PostgreSQL cannot store. Readers reject it first; this is the last wall. */
function fullLine(head: string, entity: Entity, record: RosterRecord): string | null {
  const values = record as unknown as Readonly<Record<string, unknown>>;
  let line = `${head}\t${record.status === 'active' ? 'f' : 't'}`;
  for (const field of entity.fields) line += `\t${encoded(field, values[field.name])}`;
  return line.includes('\0') || line.includes('\\\\u0000') ? null : `${line}\n`;
}

function encoded(field: Field, value: unknown): string {
  switch (field.kind) {
    case 'flag':
      return value ? 't' : 'f';
    case 'set':
    case 'references':
      return copyArray(value as readonly string[]);
    case 'roles':
      return copyJson(value as readonly Role[]);
    case 'document':
      return copyJson(value);
    default:
      return copyValue(value as string | null);
  }
}

const nulReject = (externalId: string): Reject => ({
  externalId,
  code: 'nul_character',
  field: null,
  message: 'a value holds a NUL character, which cannot be stored',
});
