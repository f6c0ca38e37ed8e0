/** The roster provider of kind `oneroster`: a OneRoster 1.1 or 1.2 server, read through its six core collections. */
import type { CallContext, IAuthenticationProvider, IRosterProvider } from '../contracts.js';
import type { RequestAuthorization } from '../http/auth/authorization.js';
import { oauth1 } from '../http/auth/signed-requests.js';
import { BaseApiClient } from '../http/base-api-client.js';
import { identityOf } from '../http/identity.js';
import { TokenSource } from '../http/token-source.js';
import { Transport } from '../http/transport.js';
import { withinPool } from '../http/within-pool.js';
import type { Ports } from '../ports.js';
import { SourceProvider, type OpenSource } from '../source-provider.js';
import { scopeOf, type OneRosterConfig } from './config.js';
import { OneRosterPull } from './pull.js';

export function oneRosterProvider(name: string, config: OneRosterConfig, ports: Ports): IRosterProvider {
  return new SourceProvider({
    kind: 'oneroster',
    name,
    capabilities: {
      sort: config.sort,
      filters: config.incremental ? ['>='] : [],
      dateLastModifiedFilter: config.incremental,
      pageSize: config.pageSize,
      maxPageSize: 10_000,
      maxInFlight: config.maxInFlight,
    },
    clock: ports.clock,
    open: () => open(config, ports),
  });
}

function open(config: OneRosterConfig, ports: Ports): OpenSource {
  const transport = new Transport({ ...config, maxSockets: config.maxInFlight + 1 }, ports);
  const { authorization, trial } = signIn(config, transport, ports);
  const policy = { ...config, identity: identityOf(config.tokenUrl ?? config.baseUrl, config.clientId) };
  const client = new BaseApiClient(transport, authorization, policy, ports);
  const pull = new OneRosterPull(config, client);
  return {
    page: (entity, range, context) => pull.page(entity, range, context),
    one: (entity, sourcedId, context) => pull.one(entity, sourcedId, context),
    health: async (context) => {
      const page = await pull.page('orgs', { offset: 0, limit: 1 }, context);
      return { orgs: page.announcedTotal };
    },
    close: () => transport.close(),
    adjust: (limits) => client.adjust(withinPool(limits, config.maxInFlight)),
    firstStep: ['sign in', trial],
  };
}

interface SignIn {
  readonly authorization: IAuthenticationProvider | RequestAuthorization;
  /** Tries it before anything is read, as far as that goes. */
  readonly trial: (context: CallContext) => Promise<string>;
}

function signIn(config: OneRosterConfig, transport: Transport, ports: Ports): SignIn {
  const { tokenUrl, clientId, clientSecret, signatureMethod } = config;
  if (config.signIn === 'oauth1' || tokenUrl === null) {
    const credentials = { consumerKey: clientId, consumerSecret: clientSecret, signatureMethod };
    return { authorization: oauth1(credentials, ports.clock), trial: async () => 'each request is signed' };
  }
  const tokens = new TokenSource({ ...config, tokenUrl, scope: scopeOf(config) }, config, transport, ports);
  return { authorization: tokens, trial: async (context) => (await tokens.token(context), 'a token was granted') };
}
