/**
 * Reads collections and single records of a OneRoster server as it is, not as it should be: by the rows that it gives, whatever it
 * says of totals, limits and links. What is not the promised envelope is a fault, and so is a server that shows nothing at all.
 */
import { Fault, type EntityName, type RosterRecords } from '@rollcall/core';
import type { CallContext, PageRange, RosterPage, SingleRead } from '../contracts.js';
import type { BaseApiClient } from '../http/base-api-client.js';
import { pathPart, singleKeys } from './addresses.js';
import type { OneRosterConfig } from './config.js';
import { emptyPage } from './empty-page.js';
import { corrected } from './rows/corrected.js';
import { isObject, partOf, wholeNumber } from './rows/json-parts.js';
import { readList } from './rows/read-list.js';
import { rowReader } from './rows/read-rows.js';
import { rowDigests } from './rows/row-digest.js';

export class OneRosterPull {
  readonly #readRows: ReturnType<typeof rowReader>;
  readonly #digestOf: ReturnType<typeof rowDigests>;

  constructor(
    private readonly config: OneRosterConfig,
    private readonly client: BaseApiClient,
  ) {
    this.#readRows = rowReader(config.volatileMetadata);
    this.#digestOf = rowDigests(config);
  }

  async page<E extends EntityName>(
    entity: E,
    range: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    context.signal.throwIfAborted();
    if (this.config.notOffered.includes(entity)) return emptyPage(entity, range, { changesOnly: true });
    const page = await this.#fetched(entity, range, context);
    if (page.rowCount === 0 && range.offset === 0 && entity === 'orgs' && !range.modifiedSince) throw nothingShared();
    // At the border of all that was given so far, a server that does not page gives all of it again.
    if (page.rowCount > 1 && page.rowCount === range.offset && (await this.#isWhole(page, range, context)))
      return { ...emptyPage<RosterRecords[E]>(entity, range), providerTime: page.providerTime };
    return page;
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

  async #fetched<E extends EntityName>(
    entity: E,
    range: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    const { offset, limit } = range;
    const how = { listKey: entity, digestOf: this.#digestOf[entity], isKnown: context.isKnown };
    const answer = await this.client.get(
      { operation: `${entity}.list`, url: this.#address(entity, range), read: (body) => readList(body, how) },
      context,
    );
    const list = answer.value!;
    const { rowCount } = list;
    // A server that ignores the limit has given what its total would make us ask for again.
    const announcedTotal = this.config.totals && rowCount <= limit ? wholeNumber(answer.total) : null;
    const clamped = rowCount > 0 && rowCount < limit && offset + rowCount < (announcedTotal ?? 0);
    return {
      entity,
      offset,
      rowCount,
      ...this.#readRows(entity, corrected(list.rows, context), list.digests),
      unchanged: list.unchanged,
      announcedTotal,
      effectiveLimit: clamped ? rowCount : Math.max(limit, rowCount),
      bodyDigest: list.bodyDigest,
      keysDigest: list.keysDigest,
      providerTime: answer.providerTime,
      bytes: answer.raw.length,
    };
  }

  /** Whether the server gave the whole collection, neither minding offset nor limit: then one row asked for brings all of them. */
  async #isWhole(page: RosterPage, range: PageRange, context: CallContext): Promise<boolean> {
    const again = await this.#fetched(page.entity, { ...range, offset: 0, limit: 1 }, context);
    return again.rowCount > 1 && again.keysDigest === page.keysDigest;
  }

  /** Quotes are encoded too: not every server splits a query at its first equals sign only. */
  #address(entity: EntityName, { offset, limit, modifiedSince }: PageRange): string {
    const pairs = [`limit=${limit}`, `offset=${offset}`];
    if (this.config.sort) pairs.push('sort=sourcedId', 'orderBy=asc');
    if (modifiedSince) {
      const filter = encodeURIComponent(`dateLastModified>='${modifiedSince}'`).replaceAll("'", '%27');
      pairs.push(`filter=${filter}`);
    }
    return `${this.#collection(entity)}${this.config.trailingSlash ? '/' : ''}?${pairs.join('&')}`;
  }

  #collection(entity: EntityName): string {
    return `${this.config.baseUrl.replace(/\/$/, '')}/${entity}`;
  }
}

const nothingShared = (): Fault =>
  new Fault('source_unauthorised', 'The source shows this client no organisation: nothing is shared with it yet.');
