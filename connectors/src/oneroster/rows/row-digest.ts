/**
 * The digest by which a row is known again from its bytes. It covers all that decides what a row becomes: the reader's version, the
 * settings it reads by, the collection, and the bytes.
 */
import { hash } from 'node:crypto';
import { entityNames, type EntityName } from '@rollcall/core';
import type { Row } from './split-rows.js';

/** To be raised with every change of what the readers make of a row; else rows read before would keep their old reading. */
export const readerVersion = 2;

/** Of the bytes of one row; 32 hex digits. */
export type RowDigest = (body: Buffer, row: Row) => string;

/** `settings` are those of the integration that change what is made of a row. */
export function rowDigests(settings: {
  readonly volatileMetadata: readonly string[];
}): Readonly<Record<EntityName, RowDigest>> {
  const volatileMetadata = [...new Set(settings.volatileMetadata)].sort();
  const digests = entityNames.map((entity) => {
    const covered = JSON.stringify({ readerVersion, volatileMetadata, entity });
    return [entity, rowDigest(hash('sha256', covered, 'buffer'))] as const;
  });
  return Object.fromEntries(digests) as Record<EntityName, RowDigest>;
}

/** Copying a row behind the fingerprint costs a twentieth of its hash; hashing the hash with the fingerprint costs half of it. */
function rowDigest(fingerprint: Buffer): RowDigest {
  let scratch = Buffer.alloc(0);
  return (body, { start, end }) => {
    const length = fingerprint.length + end - start;
    if (scratch.length < length) {
      scratch = Buffer.alloc(2 * length);
      fingerprint.copy(scratch);
    }
    body.copy(scratch, fingerprint.length, start, end);
    return hash('sha256', scratch.subarray(0, length), 'hex').slice(0, digestLength);
  };
}

const digestLength = 32;
