/**
 * The mock roster provider, kind `mock`: an invented district in process, with delays and failures by configuration. For trying
 * things out and for tests of what stands above it; what HTTP does to a provider only the sandbox shows.
 */
import { entityNames, Fault, type EntityName, type Reject, type RosterRecords } from '@rollcall/core';
import { hash } from 'node:crypto';
import { measuredHealth, testedSteps } from '../condition.js';
import type {
  CallContext,
  Capabilities,
  ConnectionTest,
  HealthCheck,
  IRosterProvider,
  PageRange,
  RosterPage,
  SingleRead,
} from '../contracts.js';
import { keysDigest } from '../keys-digest.js';
import type { Ports } from '../ports.js';
import type { MockConfig } from './config.js';
import { invented, type District } from './district.js';

/** A row as this source gives it: a record, or one that will be rejected. */
type Row<E extends EntityName> = { readonly record: RosterRecords[E] } | { readonly reject: Reject };

export class MockRosterProvider implements IRosterProvider {
  readonly kind = 'mock';
  readonly capabilities: Capabilities;
  #district: District | null = null;
  #calls = 0;

  constructor(
    readonly name: string,
    private readonly config: MockConfig,
    private readonly ports: Ports,
  ) {
    const { pageSize } = config;
    this.capabilities = {
      sort: true,
      filters: [],
      dateLastModifiedFilter: false,
      pageSize,
      maxPageSize: pageSize,
      maxInFlight: 4,
    };
  }

  async init(): Promise<void> {}

  async start(): Promise<void> {
    this.#district ??= invented(this.config);
  }

  async stop(): Promise<void> {
    this.#district = null;
  }

  async readPage<E extends EntityName>(
    entity: E,
    { offset, limit }: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    await this.#call(context);
    const all = this.#rows(entity);
    const effectiveLimit = Math.min(limit, this.config.pageSize);
    const rows = all.slice(offset, offset + effectiveLimit);
    const body = JSON.stringify({ entity, offset, rows });
    return {
      entity,
      offset,
      rowCount: rows.length,
      records: rows.flatMap((row) => ('record' in row ? [structuredClone(row.record)] : [])),
      rejects: rows.flatMap((row) => ('reject' in row ? [row.reject] : [])),
      unchanged: [],
      digests: [],
      announcedTotal: Math.max(0, all.length + this.config.totalDelta),
      effectiveLimit,
      bodyDigest: hash('sha256', body, 'hex'),
      keysDigest: keysDigest(rows.map((row) => ('record' in row ? row.record.sourcedId : row.reject.externalId))),
      providerTime: new Date(this.ports.clock.now()).toISOString(),
      bytes: Buffer.byteLength(body),
    };
  }

  async readOne<E extends EntityName>(
    entity: E,
    sourcedId: string,
    context: CallContext,
  ): Promise<SingleRead<RosterRecords[E]>> {
    await this.#call(context);
    for (const row of this.#rows(entity)) {
      if ('reject' in row ? row.reject.externalId !== sourcedId : row.record.sourcedId !== sourcedId) continue;
      return 'reject' in row ? { rejected: row.reject } : { found: true, record: structuredClone(row.record) };
    }
    return { found: false };
  }

  health(): Promise<HealthCheck> {
    return measuredHealth(this.ports.clock, async () => {
      const page = await this.readPage('orgs', { offset: 0, limit: 1 }, this.#checking('health'));
      return { orgs: page.announcedTotal };
    });
  }

  test(): Promise<ConnectionTest> {
    return testedSteps(entityNames.map((entity) => [`read ${entity}`, () => this.#totalOf(entity)] as const));
  }

  async #totalOf(entity: EntityName): Promise<string> {
    const page = await this.readPage(entity, { offset: 0, limit: 1 }, this.#checking('test'));
    return `${page.announcedTotal} rows`;
  }

  #checking(what: string): CallContext {
    return { signal: new AbortController().signal, correlationId: `${what}/${this.name}` };
  }

  /** Every call counts, is delayed, and fails when its turn to fail has come. */
  async #call({ signal }: CallContext): Promise<void> {
    if (!this.#district) throw new Fault('source_unreachable', 'The mock provider is not started.');
    signal.throwIfAborted();
    this.#calls += 1;
    const fails = this.config.failCalls.includes(this.#calls);
    if (this.config.delayMs > 0) await this.ports.clock.sleep(this.config.delayMs, signal);
    signal.throwIfAborted();
    if (fails) throw new Fault(this.config.failWith, 'The mock provider was told to fail.');
  }

  /** The collection's rows in order, with the doubles and bad rows that were asked for. */
  #rows<E extends EntityName>(entity: E): readonly Row<E>[] {
    if (this.config.empty.includes(entity)) return [];
    const rows: Row<E>[] = [];
    this.#district?.[entity].forEach((record, index) => {
      if (index < this.config.badRows) rows.push({ reject: missingName(record.sourcedId) });
      else rows.push({ record });
      if (index < this.config.duplicates) rows.push(rows.at(-1)!);
    });
    return rows;
  }
}

const missingName = (externalId: string): Reject => ({
  externalId,
  code: 'field_missing',
  field: 'name',
  message: 'name is missing',
});
