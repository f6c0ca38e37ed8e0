/**
 * Reads collections and single records of a TimeBack API, in a stable order, page by page. An answer that is not the promised
 * envelope is a fault: a misspelt list key, an error past the end or a foreign record never pass for an empty roster.
 */
import { Fault, type EntityName, type RosterRecords } from '@rollcall/core';
import type { CallContext, PageRange, RosterPage, SingleRead } from '../contracts.js';
import { keysDigest } from '../keys-digest.js';
import type { BaseApiClient } from '../http/base-api-client.js';
import type { TimeBackConfig } from './config.js';
import { rowReader } from './read-rows.js';

const singleKeys: Readonly<Record<EntityName, string>> = {
  orgs: 'org',
  academicSessions: 'academicSession',
  courses: 'course',
  users: 'user',
  classes: 'class',
  enrollments: 'enrollment',
};

export class TimeBackPull {
  readonly #readRows: ReturnType<typeof rowReader>;

  constructor(
    private readonly config: TimeBackConfig,
    private readonly client: BaseApiClient,
  ) {
    this.#readRows = rowReader(config.volatileMetadata);
  }

  async page<E extends EntityName>(
    entity: E,
    { offset, limit }: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    const key = this.config.listKeys[entity] ?? entity;
    const answer = await this.client.getJson(
      {
        operation: `${entity}.list`,
        url: `${this.#collection(entity)}${this.config.trailingSlash ? '/' : ''}`,
        query: { limit, offset, sort: 'sourcedId', orderBy: 'asc' },
        complaint: (body) => (Array.isArray(partOf(body, key)) ? null : `the body has no list '${key}'`),
      },
      context,
    );
    const rows = partOf(answer.body, key) as readonly unknown[];
    const announcedTotal = wholeNumber(partOf(answer.body, this.config.totalField));
    return {
      entity,
      offset,
      rowCount: rows.length,
      ...this.#readRows(entity, rows),
      announcedTotal,
      effectiveLimit: stride(rows.length, offset, limit, wholeNumber(partOf(answer.body, 'limit')), announcedTotal),
      bodyDigest: answer.digest,
      keysDigest: keysDigest(rows.map(keyOf)),
      providerTime: answer.providerTime,
      bytes: answer.bytes,
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
    const { records, rejects } = this.#readRows(entity, [row]);
    return rejects[0] ? { rejected: rejects[0] } : { found: true, record: records[0]! };
  }

  #collection(entity: EntityName): string {
    return `${this.config.baseUrl.replace(/\/+$/, '')}${this.config.rosteringPath.replace(/\/+$/, '')}/${entity}`;
  }
}

function keyOf(row: unknown): string | null {
  const key = partOf(row, 'sourcedId');
  return typeof key === 'string' ? key : null;
}

/** Dots and nothing would name the collection or its parent instead of a record. */
function pathPart(sourcedId: string): string {
  if (/^\.{0,2}$/.test(sourcedId) || !sourcedId.isWellFormed())
    throw new Fault('invalid_input', 'This id cannot be asked for.');
  return encodeURIComponent(sourcedId);
}

/** What the provider says it paged by; where rows remain and it gave another number than it says, what it gave. */
function stride(rows: number, offset: number, asked: number, said: number | null, total: number | null): number {
  const expected = Math.min(asked, said || asked);
  if (rows > expected) return rows;
  const remain = total === null ? false : offset + rows < total;
  return rows > 0 && remain ? rows : expected;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const partOf = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
