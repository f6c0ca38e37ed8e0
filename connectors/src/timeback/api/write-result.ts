/** What a write came to: done, or refused with a reason that the caller can act on. What may pass by itself is a fault instead. */
import { jsonBody } from '../../http/body.js';
import type { Reading } from '../../http/base-api-client.js';
import { partOf } from '../../oneroster/rows/json-parts.js';

export type WriteResult = Done | Refused;

export interface Done {
  readonly done: true;
  /** The id that the source gave it, which may differ from the one sent; null where it says none. */
  readonly sourcedId: string | null;
}

export interface Refused {
  readonly done: false;
  readonly reason: 'exists' | 'missing' | 'invalid';
  readonly status: number;
  /** The source's own words; they may name persons and are never logged. */
  readonly sourceText: string;
}

/** Reads any answer of a write; null leaves it to the verdict table. */
export function readWrite(status: number, body: Buffer): Reading<WriteResult> | null {
  // Which of them, and with what body, differs from resource to resource: any success is one.
  if (status >= 200 && status < 300) return { value: { done: true, sourcedId: allocated(body) } };
  if (![400, 404, 409, 422].includes(status)) return null;
  const json = jsonOf(body);
  // A gateway's page is no word of the source.
  if (json === undefined) return null;
  const said = partOf(json, 'imsx_description');
  const sourceText = typeof said === 'string' ? said : '';
  return { value: { done: false, reason: reasonOf(status, sourceText), status, sourceText } };
}

/** A taken id is told by words, under whatever status: 404 on courses, 409 elsewhere. */
function reasonOf(status: number, text: string): Refused['reason'] {
  if (status === 409 || /already exists/i.test(text)) return 'exists';
  return status === 404 ? 'missing' : 'invalid';
}

function allocated(body: Buffer): string | null {
  const id = partOf(partOf(jsonOf(body), 'sourcedIdPairs'), 'allocatedSourcedId');
  return typeof id === 'string' ? id : null;
}

function jsonOf(body: Buffer): unknown {
  const read = jsonBody(body);
  return 'json' in read ? read.json : undefined;
}

/** Whether what is there is what was sent, as far as both say: the proof that a call of unknown end took effect. */
export function isAsSent(found: unknown, sent: object): boolean {
  return Object.entries(sent).every(([name, value]) => {
    const there = partOf(found, name);
    if (there === undefined || value === undefined || name === 'metadata') return true;
    if (Array.isArray(value)) return Array.isArray(there) && there.length === value.length;
    if (typeof value !== 'object' || value === null) return String(there) === String(value);
    const id = partOf(value, 'sourcedId');
    return id === undefined || partOf(there, 'sourcedId') === id;
  });
}
