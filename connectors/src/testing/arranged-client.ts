/** A client against a fake source, with leaping time and tokens that count their mints. */
import type { IAuthenticationProvider } from '../contracts.js';
import { BaseApiClient, type ClientPolicy, type JsonRequest } from '../http/base-api-client.js';
import { Transport } from '../http/transport.js';
import { FakeSource, type Handler } from './fake-source.js';
import { callContext, LeapingClock, testPorts, type TestPorts } from './ports.js';

const defaults = {
  maxAttempts: 4,
  deadlineMs: 60_000,
  maxWaitMs: 30_000,
  baseDelayMs: 1000,
  maxDelayMs: 8000,
  maxInFlight: 4,
  attemptTimeoutMs: 2000,
  maxBodyBytes: 100_000,
  gzip: true,
  maxSockets: 5,
};

class CountedTokens implements IAuthenticationProvider {
  minted = 1;
  async token() {
    return { value: `bearer-canary-${this.minted}`, expiresAt: Number.POSITIVE_INFINITY };
  }
  drop(value: string) {
    if (value === `bearer-canary-${this.minted}`) this.minted += 1;
  }
}

const open: (() => unknown)[] = [];

/** Ends what `arrangedClient` opened; belongs into `afterEach`. */
export async function closeArranged(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export async function arrangedClient(handler: Handler, over: Partial<typeof defaults & ClientPolicy> = {}) {
  const source = await FakeSource.start(handler);
  const clock = new LeapingClock();
  const ports: TestPorts = testPorts(clock);
  const settings = { ...defaults, ...over };
  const transport = new Transport(settings, ports);
  open.push(
    () => transport.close(),
    () => source.stop(),
  );
  const tokens = new CountedTokens();
  const client = new BaseApiClient(transport, tokens, settings, ports);
  const get = (request: Partial<JsonRequest> = {}, context = callContext('run-1/users/0')) =>
    client.getJson(
      { operation: 'users.list', url: `${source.baseUrl}/users/`, complaint: () => null, ...request },
      context,
    );
  return { source, clock, ports, tokens, transport, client, get };
}
