/** The roster provider of kind `oneroster`: a OneRoster 1.1 or 1.2 server, read through its six core collections. */
import type { CallContext, IAuthenticationProvider, IRosterProvider } from '../contracts.js';
import { BaseApiClient } from '../http/base-api-client.js';
import { TokenSource } from '../http/token-source.js';
import { Transport } from '../http/transport.js';
import type { Ports } from '../ports.js';
import { SourceProvider, type OpenSource } from '../source-provider.js';
import { scopeOf, type OneRosterConfig } from './config.js';
import { OneRosterPull } from './pull.js';
import { SignedRequests } from './signed-requests.js';

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
  const authentication = signIn(config, transport, ports);
  const pull = new OneRosterPull(config, new BaseApiClient(transport, authentication, config, ports));
  return {
    page: (entity, range, context) => pull.page(entity, range, context),
    one: (entity, sourcedId, context) => pull.one(entity, sourcedId, context),
    health: async (context) => {
      const page = await pull.page('orgs', { offset: 0, limit: 1 }, context);
      return { orgs: page.announcedTotal };
    },
    close: () => transport.close(),
    firstStep: ['sign in', (context) => trySignIn(authentication, context)],
  };
}

function signIn(config: OneRosterConfig, transport: Transport, ports: Ports): IAuthenticationProvider {
  const { tokenUrl, clientId, clientSecret, signatureMethod } = config;
  if (config.signIn === 'oauth1' || tokenUrl === null) {
    const credentials = { consumerKey: clientId, consumerSecret: clientSecret, signatureMethod };
    return new SignedRequests(credentials, ports.clock);
  }
  return new TokenSource({ ...config, tokenUrl, scope: scopeOf(config) }, config, transport, ports);
}

async function trySignIn(authentication: IAuthenticationProvider, context: CallContext): Promise<string> {
  await authentication.token(context);
  return authentication instanceof SignedRequests ? 'each request is signed' : 'a token was granted';
}
