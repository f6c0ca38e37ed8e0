/** The TimeBack roster provider, kind `timeback`: the life cycle around `TimeBackPull` and an honest word on its condition. */
import { entityNames, Fault, type EntityName, type RosterRecords } from '@rollcall/core';
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
} from '../contracts.js';
import { BaseApiClient } from '../http/base-api-client.js';
import { withinPool } from '../http/within-pool.js';
import { identityOf } from '../http/identity.js';
import { TokenSource } from '../http/token-source.js';
import { Transport } from '../http/transport.js';
import { measuredHealth, testedSteps } from '../condition.js';
import type { Ports } from '../ports.js';
import { TimeBackApiClient } from './api/timeback-api-client.js';
import type { TimeBackConfig } from './config.js';
import { TimeBackPull } from './pull.js';

interface Connection {
  readonly client: BaseApiClient;
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly pull: TimeBackPull;
  readonly api: TimeBackApiClient;
}

/** A check must answer while somebody waits for it. */
const checkTimeoutMs = 15_000;

export class TimeBackRosterProvider implements IRosterProvider {
  readonly kind = 'timeback';
  readonly capabilities: Capabilities;
  #connection: Connection | null = null;

  constructor(
    readonly name: string,
    private readonly config: TimeBackConfig,
    private readonly ports: Ports,
  ) {
    this.capabilities = {
      sort: true,
      filters: ['=', '!=', '>', '>=', '<', '<=', '~'],
      dateLastModifiedFilter: true,
      pageSize: config.pageSize,
      maxPageSize: config.maxPageSize,
      maxInFlight: config.maxInFlight,
    };
  }

  /** Nothing to prepare: whether the source answers is for `health` and `test` to say, so that an outage does not stop a start. */
  async init(): Promise<void> {}

  async start(): Promise<void> {
    this.#connection ??= connect(this.config, this.ports);
  }

  async stop(): Promise<void> {
    this.#connection?.transport.close();
    this.#connection = null;
  }

  adjust(limits: AdjustableLimits): void {
    this.#connection?.client.adjust(withinPool(limits, this.config.maxInFlight));
  }

  /** Every roster call of the source, under the same limits as the sync; started providers only. */
  get api(): TimeBackApiClient {
    return this.#connected().api;
  }

  async readPage<E extends EntityName>(
    entity: E,
    range: PageRange,
    context: CallContext,
  ): Promise<RosterPage<RosterRecords[E]>> {
    return this.#connected().pull.page(entity, range, context);
  }

  async readOne<E extends EntityName>(
    entity: E,
    sourcedId: string,
    context: CallContext,
  ): Promise<SingleRead<RosterRecords[E]>> {
    return this.#connected().pull.one(entity, sourcedId, context);
  }

  health(): Promise<HealthCheck> {
    return measuredHealth(this.ports.clock, async () => {
      const page = await this.readPage('orgs', { offset: 0, limit: 1 }, this.#checking('health'));
      return { orgs: page.announcedTotal };
    });
  }

  test(): Promise<ConnectionTest> {
    const context = this.#checking('test');
    return testedSteps([
      ['sign in', async () => (await this.#connected().tokens.token(context), 'a token was granted')],
      ...entityNames.map((entity) => [`read ${entity}`, () => this.#totalOf(entity, context)] as const),
    ]);
  }

  async #totalOf(entity: EntityName, context: CallContext): Promise<string> {
    const page = await this.readPage(entity, { offset: 0, limit: 1 }, context);
    return page.announcedTotal === null ? 'readable; the source gives no total' : `${page.announcedTotal} rows`;
  }

  #checking(what: string): CallContext {
    return { signal: AbortSignal.timeout(checkTimeoutMs), correlationId: `${what}/${this.name}` };
  }

  #connected(): Connection {
    if (!this.#connection) throw new Fault('source_unreachable', 'The connection to the source is not started.');
    return this.#connection;
  }
}

function connect(config: TimeBackConfig, ports: Ports): Connection {
  const transport = new Transport({ ...config, maxSockets: config.maxInFlight + 1 }, ports);
  const tokens = new TokenSource(config, config, transport, ports);
  const policy = { ...config, identity: identityOf(config.tokenUrl, config.clientId) };
  const client = new BaseApiClient(transport, tokens, policy, ports);
  const api = new TimeBackApiClient(config, client, ports.clock);
  return { client, transport, tokens, pull: new TimeBackPull(config, client), api };
}
