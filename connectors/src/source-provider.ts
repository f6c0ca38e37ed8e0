/**
 * The life of a source that is opened once and then read: start, stop, health and a test in steps, the same for every source. What
 * reading means is the source's own.
 */
import { entityNames, Fault, type EntityName, type RosterRecords } from '@rollcall/core';
import { measuredHealth, testedSteps } from './condition.js';
import type {
  AdjustableLimits,
  CallContext,
  Capabilities,
  ConnectionTest,
  HealthCheck,
  IRosterProvider,
  PageRange,
  RosterPage,
  SingleRead,
} from './contracts.js';
import type { Clock } from './ports.js';

/** A source while it is open. */
export interface OpenSource {
  page<E extends EntityName>(entity: E, range: PageRange, context: CallContext): Promise<RosterPage<RosterRecords[E]>>;
  one<E extends EntityName>(entity: E, sourcedId: string, context: CallContext): Promise<SingleRead<RosterRecords[E]>>;
  close(): Promise<void> | void;
  /** Where calls have limits. */
  readonly adjust?: (limits: AdjustableLimits) => void;
  /** What a check of its health finds; throws where it is ill. */
  health(context: CallContext): Promise<Readonly<Record<string, unknown>>>;
  /** What a test tries before it reads: a name for people, and what was found, in words. */
  readonly firstStep: readonly [name: string, run: (context: CallContext) => Promise<string>];
}

export interface SourceTraits {
  readonly kind: string;
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  /** Prepares without reading: whether the source answers is for `health` and `test` to say. */
  readonly open: () => OpenSource;
}

/** A check must answer while somebody waits for it. */
const checkTimeoutMs = 15_000;

export class SourceProvider implements IRosterProvider {
  readonly kind: string;
  readonly name: string;
  readonly capabilities: Capabilities;
  #source: OpenSource | null = null;

  constructor(private readonly traits: SourceTraits) {
    this.kind = traits.kind;
    this.name = traits.name;
    this.capabilities = traits.capabilities;
  }

  async init(): Promise<void> {}

  async start(): Promise<void> {
    this.#source ??= this.traits.open();
  }

  async stop(): Promise<void> {
    const source = this.#source;
    this.#source = null;
    await source?.close();
  }

  adjust(limits: AdjustableLimits): void {
    this.#source?.adjust?.(limits);
  }

  async readPage<E extends EntityName>(
    entity: E,
    range: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    return this.#opened().page(entity, range, context);
  }

  async readOne<E extends EntityName>(
    entity: E,
    sourcedId: string,
    context: CallContext,
  ): Promise<SingleRead<RosterRecords[E]>> {
    return this.#opened().one(entity, sourcedId, context);
  }

  health(): Promise<HealthCheck> {
    return measuredHealth(this.traits.clock, async () => this.#opened().health(this.#checking('health')));
  }

  test(): Promise<ConnectionTest> {
    const context = this.#checking('test');
    const first = this.#source?.firstStep;
    return testedSteps([
      [first?.[0] ?? 'start', async () => (first ? first[1](context) : String(this.#opened()))],
      ...entityNames.map((entity) => [`read ${entity}`, () => this.#totalOf(entity, context)] as const),
    ]);
  }

  async #totalOf(entity: EntityName, context: CallContext): Promise<string> {
    const page = await this.readPage(entity, { offset: 0, limit: 1 }, context);
    const rows = page.announcedTotal === null ? 'readable; the source gives no total' : `${page.announcedTotal} rows`;
    return page.partialBecause ? `${rows}; ${page.partialBecause}` : page.changesOnly ? `${rows} of changes` : rows;
  }

  #checking(what: string): CallContext {
    return { signal: AbortSignal.timeout(checkTimeoutMs), correlationId: `${what}/${this.name}` };
  }

  #opened(): OpenSource {
    if (!this.#source) throw new Fault('source_unreachable', 'The connection to the source is not started.');
    return this.#source;
  }
}
