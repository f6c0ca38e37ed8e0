/** Configuration that changes while calls are under way: no call is lost, secrets overlap, and each environment has its own settings. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { ProviderFactory } from './factory.js';
import { IntegrationRegistry } from './registry.js';
import { answerJson, FakeSource } from './testing/fake-source.js';
import { callContext, realClock, testPorts } from './testing/ports.js';
import { timebackDefinition } from './timeback/definition.js';
import { timebackPresets } from './timeback/presets.js';

const sources: FakeSource[] = [];
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
});

/** Grants tokens to the valid secrets, and answers pages when it is let. */
async function school(valid: Set<string>) {
  const waiting: (() => void)[] = [];
  const state = { held: false, mints: [] as string[], dead: new Set<string>() };
  const source = await FakeSource.start((request, response, number) => {
    if (request.url === '/oauth2/token') {
      const secret = new URLSearchParams(source.requests[number - 1]!.body).get('client_secret')!;
      state.mints.push(secret);
      if (!valid.has(secret)) return answerJson(response, 400, { error: 'invalid_client' });
      return answerJson(response, 200, { access_token: `${secret}-${number}`, expires_in: 3600 });
    }
    const token = request.headers.authorization!.slice('Bearer '.length);
    if (state.dead.has(token)) return answerJson(response, 401, { error: 'expired' });
    const answer = () => answerJson(response, 200, { orgs: [], totalCount: 0, offset: 0, limit: 1 });
    if (state.held) waiting.push(answer);
    else answer();
  });
  sources.push(source);
  const release = () => {
    state.held = false;
    for (const answer of waiting.splice(0)) answer();
  };
  return { source, state, waiting, release };
}

const settings = (source: FakeSource, more: object = {}) => ({
  ...timebackPresets.sandbox(source.baseUrl),
  ...{ clientId: 'client', clientSecret: 'first', maxInFlight: 16, maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 1 },
  ...more,
});

function registryWith() {
  const ports = testPorts();
  const registry = new IntegrationRegistry(new ProviderFactory(ports), ports).register(timebackDefinition);
  const read = (id = 'a') =>
    registry.use(id, (provider) => provider.readPage('orgs', { offset: 0, limit: 1 }, callContext()));
  const until = async (holds: () => boolean) => {
    while (!holds()) await realClock.sleep(2);
  };
  return { ports, registry, read, until };
}

describe('a configuration that is replaced', () => {
  it('loses no call: those under way end at the old source, those that begin go to the new one, and then the old one is let go', async () => {
    const [old, next] = [await school(new Set(['first'])), await school(new Set(['first']))];
    const { ports, registry, read, until } = registryWith();
    registry.create('a', 'timeback', 'a', settings(old.source));
    await registry.start('a');
    old.state.held = true;
    const underWay = Array.from({ length: 12 }, () => read());
    await until(() => old.waiting.length === 12);
    await registry.replace('a', 'timeback', 'a', settings(next.source));
    const begun = await Promise.all(Array.from({ length: 12 }, () => read()));
    expect(ports.lines.map(({ event }) => event)).not.toContain('provider.disposed');
    old.release();
    expect([...(await Promise.all(underWay)), ...begun].map(({ rowCount }) => rowCount)).toEqual(Array(24).fill(0));
    const pagesOf = ({ source }: typeof old) => source.requests.filter(({ method }) => method === 'GET').length;
    expect([pagesOf(old), pagesOf(next)]).toEqual([12, 12]);
    await until(() => ports.lines.some(({ event }) => event === 'provider.disposed'));
    await registry.stopAll();
  });

  it('that is not valid, or cannot start, leaves the present one at work', async () => {
    const { source } = await school(new Set(['first']));
    const { registry, read } = registryWith();
    registry.create('a', 'timeback', 'a', settings(source));
    await registry.start('a');
    await expect(registry.replace('a', 'timeback', 'a', settings(source, { maxInFlight: 0 }))).rejects.toThrow(
      /maxInFlight/,
    );
    expect(registry.status('a')).toMatchObject({ status: 'running', reason: null });
    expect((await read()).rowCount).toBe(0);
    await registry.stopAll();
  });
});

describe('secrets that overlap', () => {
  const withBoth = { clientSecretNext: 'second' };

  it('move to the next one when the present one is refused, once for fifty calls at a time, and stay there', async () => {
    const valid = new Set(['first', 'second']);
    const { source, state } = await school(valid);
    const { registry, read } = registryWith();
    registry.create('a', 'timeback', 'a', settings(source, withBoth));
    await registry.start('a');
    await Promise.all(Array.from({ length: 50 }, () => read()));
    expect(state.mints).toEqual(['first']);

    valid.delete('first');
    for (const { headers } of source.requests)
      if (headers.authorization) state.dead.add(headers.authorization.slice('Bearer '.length));
    const all = await Promise.all(Array.from({ length: 50 }, () => read()));
    expect(all).toHaveLength(50);
    expect(state.mints).toEqual(['first', 'first', 'second']);

    for (const { headers } of source.requests)
      if (headers.authorization) state.dead.add(headers.authorization.slice('Bearer '.length));
    await read();
    expect(state.mints).toEqual(['first', 'first', 'second', 'second']);
    await registry.stopAll();
  });

  it('are each asked once and no more where both are refused', async () => {
    const { source, state } = await school(new Set());
    const { registry, read } = registryWith();
    registry.create('a', 'timeback', 'a', settings(source, withBoth));
    await registry.start('a');
    await expect(read()).rejects.toMatchObject({ code: 'source_unauthorised' });
    expect(state.mints).toEqual(['first', 'second']);
    await registry.stopAll();
  });
});

describe('environments', () => {
  const factory = new ProviderFactory(testPorts()).register(timebackDefinition);
  const choose = (config: object) => factory.configuration('timeback', config);
  const own = {
    staging: { clientId: 's', clientSecret: 's' },
    production: { clientId: 'p', clientSecret: 'p', pageSize: 50 },
  };

  it('take what is known of the platform, then what holds everywhere, then what is theirs', () => {
    const config = { platform: 'BEYOND_AI', maxInFlight: 2, environments: own };
    const { BEYOND_AI } = timebackPresets;
    expect(choose({ ...config, environment: 'staging' })).toMatchObject({
      ...BEYOND_AI.staging,
      ...{ clientId: 's', maxInFlight: 2, pageSize: 3000 },
    });
    expect(choose({ ...config, environment: 'production' })).toMatchObject({
      ...BEYOND_AI.production,
      ...{ clientId: 'p', maxInFlight: 2, pageSize: 50 },
    });
    const sandbox = { sandbox: { baseUrl: 'http://127.0.0.1:7401', clientId: 'c', clientSecret: 'c' } };
    expect(choose({ environment: 'sandbox', environments: sandbox })).toMatchObject({
      tokenUrl: 'http://127.0.0.1:7401/oauth2/token',
    });
  });

  it.each<[string, object, RegExp]>([
    ['an unknown one', { environment: 'home', environments: own }, /one of sandbox, staging, production/],
    ['none', { environments: own }, /one of sandbox, staging, production/],
    [
      'one of an unknown platform',
      { environment: 'staging', platform: 'GAMMA', environments: own },
      /nothing is known/,
    ],
    ['one that nothing is set for', { environment: 'sandbox', environments: own }, /nothing is known or set/],
    ['settings of an unknown one', { environment: 'staging', environments: { home: {} } }, /unknown one/],
    ['settings that are none', { environment: 'staging', environments: { staging: 'x' } }, /must be an object/],
  ])('are refused in words: %s', (_, config, sentence) => {
    expect(() => choose(config)).toThrow(sentence);
  });
});
