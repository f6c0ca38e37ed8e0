/**
 * Reads collections and single records of a TimeBack API, in a stable order, page by page. An answer that is not the promised
 * envelope is a fault: a misspelt list key, an error past the end or a foreign record never pass for an empty roster.
 */
import { Fault, type EntityName, type RosterRecords } from '@rollcall/core';
import type { CallContext, PageRange, RosterPage, SingleRead } from '../contracts.js';
import type { BaseApiClient } from '../http/base-api-client.js';
import type { TimeBackConfig } from './config.js';
import { pathPart, singleKeys } from '../oneroster/addresses.js';
import { corrected } from '../oneroster/rows/corrected.js';
import { isObject, partOf, wholeNumber } from '../oneroster/rows/json-parts.js';
import { readList } from '../oneroster/rows/read-list.js';
import { rowReader } from '../oneroster/rows/read-rows.js';
import { rowDigests } from '../oneroster/rows/row-digest.js';
import { rememberPage } from './remember-page.js';

export class TimeBackPull {
  readonly #readRows: ReturnType<typeof rowReader>;
  readonly #digestOf: ReturnType<typeof rowDigests>;

  constructor(
    private readonly config: TimeBackConfig,
    private readonly client: BaseApiClient,
  ) {
    this.#readRows = rowReader(config.volatileMetadata);
    this.#digestOf = rowDigests(config);
  }

  async page<E extends EntityName>(
    entity: E,
    { offset, limit, modifiedSince }: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    const how = {
      listKey: this.config.listKeys[entity] ?? entity,
      digestOf: this.#digestOf[entity],
      isKnown: context.isKnown,
    };
    const answer = await this.client.get(
      {
        operation: `${entity}.list`,
        url: `${this.#collection(entity)}${this.config.trailingSlash ? '/' : ''}`,
        query: {
          limit,
          offset,
          sort: 'sourcedId',
          orderBy: 'asc',
          ...(modifiedSince ? { filter: `dateLastModified>='${modifiedSince}'` } : {}),
        },
        read: (body) => readList(body, how),
        ...(this.config.revalidatePages ? { remember: rememberPage(context.isKnown) } : {}),
      },
      context,
    );
    const list = answer.value!;
    const { envelope, rowCount } = list;
    const announcedTotal = wholeNumber(partOf(envelope, this.config.totalField));
    return {
      entity,
      offset,
      rowCount,
      ...this.#readRows(entity, corrected(list.rows, context), list.digests),
      unchanged: list.unchanged,
      announcedTotal,
      effectiveLimit: stride(rowCount, offset, limit, wholeNumber(partOf(envelope, 'limit')), announcedTotal),
      bodyDigest: list.bodyDigest,
      keysDigest: list.keysDigest,
      providerTime: answer.providerTime,
      bytes: answer.raw.length,
    };
  }

  async one<E extends EntityName>(
    entity: E,
    sourcedId: string,
    context: CallContext,
  ): Promise<SingleRead<RosterRecords[E]>> {
    const key = singleKeys[entity];
    const answer = await this.client.getJson(
      {
        operation: `${entity}.read`,
        url: `${this.#collection(entity)}/${pathPart(sourcedId)}`,
        complaint: (body) => (isObject(partOf(body, key)) ? null : `the body has no object '${key}'`),
        mayBeMissing: true,
      },
      context,
    );
    if (answer.body === undefined) return { found: false };
    const row = partOf(answer.body, key);
    if (partOf(row, 'sourcedId') !== sourcedId)
      throw new Fault('source_inconsistent', 'The source answered with another record than the one asked for.');
    const { records, rejects } = this.#readRows(entity, corrected([row], context));
    return rejects[0] ? { rejected: rejects[0] } : { found: true, record: records[0]! };
  }

  #collection(entity: EntityName): string {
    return `${this.config.baseUrl.replace(/\/+$/, '')}${this.config.rosteringPath.replace(/\/+$/, '')}/${entity}`;
  }
}

/** What the provider says it paged by; where rows remain and it gave another number than it says, what it gave. */
function stride(rows: number, offset: number, asked: number, said: number | null, total: number | null): number {
  const expected = Math.min(asked, said || asked);
  if (rows > expected) return rows;
  const remain = total === null ? false : offset + rows < total;
  return rows > 0 && remain ? rows : expected;
}
