/** The factory makes providers of every registered kind from checked configuration, and cleans up after those it made. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ProviderFactory } from './factory.js';
import { mockDefinition } from './mock/definition.js';
import { testPorts, type TestPorts } from './testing/ports.js';
import { timebackDefinition } from './timeback/definition.js';
import { timebackPresets } from './timeback/presets.js';

let ports: TestPorts;
let factory: ProviderFactory;
beforeEach(() => {
  ports = testPorts();
  factory = new ProviderFactory(ports).register(mockDefinition).register(timebackDefinition);
});

const credentials = { clientId: 'client', clientSecret: 'secret-canary' };
const timeback = { ...timebackPresets.BEYOND_AI.production, ...credentials };

it.each([
  ['mock', {}],
  ['timeback', timeback],
])('makes a provider of kind %s', (kind, config) => {
  expect(factory.create(kind, 'District', config)).toMatchObject({ kind, name: 'District' });
});

it('knows its kinds by name and title', () => {
  expect(factory.kinds().map(({ kind, title }) => [kind, title])).toEqual([
    ['mock', expect.any(String)],
    ['timeback', 'TimeBack'],
  ]);
  expect(factory.definition('mock')).toBe(mockDefinition);
});

it('refuses a second meaning for a kind', () => {
  expect(() => factory.register(mockDefinition)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});

it('refuses an unknown kind and names the known ones', () => {
  expect(() => factory.create('castle', 'x', {})).toThrow(/castle.*mock, timeback/);
});

describe('configuration', () => {
  it('is filled with defaults', () => {
    expect(factory.configuration('timeback', timeback)).toMatchObject({ maxInFlight: 4, gzip: true, pageSize: 3000 });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a missing secret', { clientSecret: undefined }, 'clientSecret'],
    ['a secret of white space only', { clientSecret: ' \n ' }, 'clientSecret'],
    ['plain http to the world', { baseUrl: 'http://secret-canary.example.org' }, 'baseUrl'],
    ['another protocol', { baseUrl: 'file:///secret-canary' }, 'baseUrl'],
    ['a password within the address', { tokenUrl: 'https://me:secret-canary@example.org/' }, 'tokenUrl'],
    ['larger pages than allowed', { pageSize: 5000 }, 'pageSize'],
    ['a list key for no collection', { listKeys: { castles: 'x' } }, 'listKeys'],
  ])('%s is a fault that names the field and shows no value', (_, over, field) => {
    const attempt = () => factory.configuration('timeback', { ...timeback, ...over });
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_configuration' }));
    expect(attempt).toThrow(field);
    expect(attempt).not.toThrow(/canary/);
  });

  it.each([...Object.values(timebackPresets.BEYOND_AI), ...Object.values(timebackPresets.LEARNWITH_AI)])(
    'of a preset is valid: $baseUrl',
    (preset) => {
      expect(factory.configuration('timeback', { ...preset, ...credentials })).toMatchObject(preset);
    },
  );

  it('marks the secret, and nothing else, as secret for forms and vaults', () => {
    const schema = z.toJSONSchema(timebackDefinition.configSchema, { io: 'input' });
    const secret = Object.entries(schema.properties ?? {}).filter(
      ([, field]) => (field as { secret?: boolean }).secret,
    );
    expect(secret.map(([name]) => name)).toEqual(['clientSecret']);
  });

  it('is never logged', () => {
    factory.create('timeback', 'District', timeback);
    expect(JSON.stringify(ports.lines)).toMatch(/provider\.created/);
    expect(JSON.stringify(ports.lines)).not.toMatch(/canary/);
  });
});

describe('clean-up', () => {
  it('stops what it disposes of, once', async () => {
    const provider = factory.create('mock', 'District', {});
    await provider.start();
    await factory.dispose(provider);
    await factory.dispose(provider);
    expect((await provider.health()).status).toBe('unhealthy');
    expect(ports.lines.filter((line) => line.event === 'provider.disposed')).toHaveLength(1);
  });

  it('of all stops every provider that is left, also when one fails', async () => {
    const [broken, well] = [factory.create('mock', 'A', {}), factory.create('mock', 'B', {})];
    broken.stop = () => Promise.reject(new Error('stuck'));
    await well.start();
    await factory.disposeAll();
    expect((await well.health()).status).toBe('unhealthy');
    expect(ports.lines.map((line) => line.event)).toContain('provider.stop-failed');
  });
});
