/** Serves a package that was read as pages and single records, by the same readers and with the same digests as what comes over REST. */
import type { EntityName, RosterRecords } from '@rollcall/core';
import type { CallContext, PageRange, RosterPage, SingleRead } from '../contracts.js';
import { corrected } from '../oneroster/rows/corrected.js';
import { readList } from '../oneroster/rows/read-list.js';
import { rowReader } from '../oneroster/rows/read-rows.js';
import { rowDigests } from '../oneroster/rows/row-digest.js';
import type { FileMode } from './manifest.js';
import type { SpooledPackage } from './read-package.js';

const proof: Readonly<Record<FileMode, Pick<RosterPage, 'changesOnly' | 'partialBecause'>>> = {
  bulk: {},
  delta: { changesOnly: true },
  absent: { changesOnly: true },
  unsaid: { partialBecause: 'the package does not say that this file is whole' },
  lost: { partialBecause: 'the package names this file and does not hold it' },
};

export class SpooledRoster {
  readonly #readRows: ReturnType<typeof rowReader>;
  readonly #digestOf: ReturnType<typeof rowDigests>;

  constructor(
    private readonly read: SpooledPackage,
    settings: { readonly volatileMetadata: readonly string[] },
  ) {
    this.#readRows = rowReader(settings.volatileMetadata, { refusals: true });
    this.#digestOf = rowDigests(settings);
  }

  page<E extends EntityName>(
    entity: E,
    { offset, limit }: PageRange,
    context: CallContext,
  ): RosterPage<RosterRecords[E]> {
    const { spool, mode } = this.read.collections[entity];
    const rows = spool.read(offset, offset + limit);
    const body = Buffer.concat([Buffer.from(`{"${entity}":[`), rows, Buffer.from(']}')]);
    const reading = readList(body, { listKey: entity, digestOf: this.#digestOf[entity], isKnown: context.isKnown });
    if (!('value' in reading)) throw new Error(`the spool of ${entity} is not readable: ${reading.detail}`);
    const list = reading.value;
    return {
      entity,
      offset,
      rowCount: list.rowCount,
      ...this.#readRows(entity, corrected(list.rows, context), list.digests),
      unchanged: list.unchanged,
      announcedTotal: spool.rows,
      effectiveLimit: limit,
      bodyDigest: list.bodyDigest,
      keysDigest: list.keysDigest,
      providerTime: null,
      bytes: body.length,
      ...proof[mode],
    };
  }

  one<E extends EntityName>(entity: E, sourcedId: string, context: CallContext): SingleRead<RosterRecords[E]> {
    const { spool, index } = this.read.collections[entity];
    const row = index.find(sourcedId);
    if (row === -1) return { found: false };
    const wire = JSON.parse(spool.read(row, row + 1).toString('utf8')) as { sourcedId?: unknown };
    if (wire.sourcedId !== sourcedId) return { found: false };
    const { records, rejects } = this.#readRows(entity, corrected([wire], context));
    return rejects[0] ? { rejected: rejects[0] } : { found: true, record: records[0]! };
  }
}
