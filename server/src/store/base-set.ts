/**
 * The base set: the checksums of everything that both sides agree on, loaded once per entity and run by binary COPY,
 * and the digests of the bytes that it came in. A record
 * whose checksum is in it needs no work at all.
 */
import { to as copyTo } from 'pg-copy-streams';
import type { Entity } from '@rollcall/core';
import { ChecksumSet } from './checksum-set.js';
import { literal, type Tx } from './database.js';

const tupleBytes = 22; // field count (2), length (4), uuid (16)
const headerBytes = 19; // signature (11), flags (4), extension length (4)

export interface BaseSet {
  /** Checksums of projections. */
  readonly checksums: ChecksumSet;
  /** Digests of the records as their source sent them. */
  readonly raw: ChecksumSet;
}

interface Links {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly entity: Entity;
  readonly expected: number;
}

export async function loadBaseSet(tx: Tx, links: Links): Promise<BaseSet> {
  return { checksums: await load(tx, links, 'base_checksum'), raw: await load(tx, links, 'raw_digest') };
}

async function load(tx: Tx, link: Links, column: 'base_checksum' | 'raw_digest'): Promise<ChecksumSet> {
  const set = new ChecksumSet(link.expected);
  const stream = tx.query(
    copyTo(`COPY (SELECT ${column} FROM external_system_mappings
      WHERE tenant_id = ${literal(link.tenantId)} AND integration_id = ${literal(link.integrationId)}
        AND entity = '${link.entity.name}' AND projection_version = ${link.entity.projectionVersion}
        AND base_checksum IS NOT NULL AND ${column} IS NOT NULL AND state <> 'unlinked') TO STDOUT (FORMAT binary)`),
  );
  let rest: Buffer = Buffer.alloc(0);
  let skip = headerBytes;
  for await (const chunk of stream) {
    const bytes = rest.length ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    let at = skip;
    for (; at + tupleBytes <= bytes.length; at += tupleBytes) set.addBytes(bytes, at + 6);
    // The trailer is two bytes, shorter than a tuple, so it stays in the rest and is dropped at the end.
    rest = at < bytes.length ? bytes.subarray(at) : Buffer.alloc(0);
    skip = at > bytes.length ? at - bytes.length : 0;
  }
  return set;
}
