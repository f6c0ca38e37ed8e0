/** The registry leads integrations through their lives; one that fails is marked and told, and takes no other with it. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '@rollcall/core';
import { z } from 'zod';
import type { IRosterProvider } from './contracts.js';
import { ProviderFactory, providerDefinition } from './factory.js';
import { mockDefinition } from './mock/definition.js';
import { MockRosterProvider } from './mock/provider.js';
import { mockConfigSchema } from './mock/config.js';
import { IntegrationRegistry } from './registry.js';
import { testPorts, type TestPorts } from './testing/ports.js';

type Step = 'init' | 'start' | 'stop' | 'health';

/** A mock whose named steps throw, and which notes what was called. */
class StubbornProvider extends MockRosterProvider {
  readonly calls: Step[] = [];
  constructor(
    name: string,
    readonly failing: Set<Step>,
    ports: TestPorts,
  ) {
    super(name, mockConfigSchema.parse({ students: 5 }), ports);
  }
  #step(step: Step): void {
    this.calls.push(step);
    if (this.failing.has(step)) throw new Fault('source_unreachable', `The ${step} failed.`);
  }
  override async init() {
    this.#step('init');
  }
  override async start() {
    this.#step('start');
    await super.start();
  }
  override async stop() {
    this.#step('stop');
    await super.stop();
  }
  override health() {
    this.#step('health');
    return super.health();
  }
}

const stubborn = providerDefinition({
  kind: 'stubborn',
  title: 'Stubborn',
  configSchema: z.object({ failing: z.array(z.enum(['init', 'start', 'stop', 'health'])).default([]) }),
  create: (name, config, ports) => new StubbornProvider(name, new Set(config.failing), ports as TestPorts),
});

let ports: TestPorts;
let registry: IntegrationRegistry;
beforeEach(() => {
  ports = testPorts();
  registry = new IntegrationRegistry(new ProviderFactory(ports), ports).register(mockDefinition).register(stubborn);
});

const add = (id: string, ...failing: Step[]) => registry.create(id, 'stubborn', id, { failing }) as StubbornProvider;
const events = () => ports.lines.map((line) => line.event);

describe('discovery', () => {
  it('lists the kinds and the integrations with their condition', () => {
    registry.create('a', 'mock', 'District A', {});
    expect(registry.kinds().map((kind) => kind.kind)).toEqual(['mock', 'stubborn']);
    expect(registry.list()).toEqual([{ id: 'a', kind: 'mock', name: 'District A', status: 'created', reason: null }]);
    expect([registry.has('a'), registry.has('b')]).toEqual([true, false]);
    expect(registry.provider('a').name).toBe('District A');
  });

  it.each<[string, () => unknown, string]>([
    ['an unknown integration', () => registry.provider('nobody'), 'not_found'],
    ['an unknown kind', () => registry.create('a', 'castle', 'A', {}), 'not_found'],
    ['an invalid configuration', () => registry.create('a', 'mock', 'A', { students: -1 }), 'invalid_configuration'],
    [
      'a taken id',
      () => [registry.create('a', 'mock', 'A', {}), registry.create('a', 'mock', 'B', {})],
      'invalid_input',
    ],
  ])('%s is a fault', (_, act, code) => {
    expect(act).toThrow(expect.objectContaining({ name: 'Fault', code }));
  });
});

describe('start', () => {
  it('runs init, then start, once, however often and at once it is asked', async () => {
    const provider = add('a');
    await Promise.all([registry.start('a'), registry.start('a'), registry.start('a')]);
    expect(provider.calls).toEqual(['init', 'start']);
    expect(registry.status('a')).toMatchObject({ status: 'running', reason: null });
  });

  it.each<Step>(['init', 'start'])('that fails in %s is logged, told and may be repeated', async (step) => {
    const provider = add('a', step);
    await expect(registry.start('a')).rejects.toThrow(`The ${step} failed.`);
    expect(registry.status('a')).toMatchObject({ status: 'failed', reason: `The ${step} failed.` });
    expect(events()).toContain('integration.start-failed');
    provider.failing.clear();
    await registry.start('a');
    expect(registry.status('a')).toMatchObject({ status: 'running', reason: null });
  });

  it('of all goes on past the ones that fail and names them', async () => {
    add('a', 'start');
    add('b');
    expect(await registry.startAll()).toEqual(['a']);
    expect(registry.status('b').status).toBe('running');
  });

  it('waits for a stop that is under way', async () => {
    const provider = add('a');
    await registry.start('a');
    await Promise.all([registry.stop('a'), registry.start('a')]);
    expect(provider.calls).toEqual(['init', 'start', 'stop', 'init', 'start']);
    expect(registry.status('a').status).toBe('running');
  });
});

describe('stop', () => {
  it('of all stops every integration, also after one failed to', async () => {
    const [, b] = [add('a', 'stop'), add('b')];
    await registry.startAll();
    expect(await registry.stopAll()).toEqual(['a']);
    expect(b.calls.at(-1)).toBe('stop');
    expect(registry.list().map((integration) => integration.status)).toEqual(['failed', 'stopped']);
    expect(events()).toContain('integration.stop-failed');
  });

  it('for good forgets the integration, even when its stop fails', async () => {
    add('a', 'stop');
    await registry.remove('a');
    expect(registry.list()).toEqual([]);
    expect(events()).toContain('provider.stop-failed');
  });
});

describe('health', () => {
  it('is the provider’s own word', async () => {
    add('a');
    await registry.start('a');
    expect(await registry.health('a')).toMatchObject({ status: 'healthy', detail: { orgs: 2 } });
  });

  it('is unhealthy, not an error, when a provider throws', async () => {
    add('a', 'health');
    add('b');
    await registry.startAll();
    const all = await registry.healthOfAll();
    expect(all.get('a')).toMatchObject({ status: 'unhealthy', reason: 'The health failed.' });
    expect(all.get('b')?.status).toBe('healthy');
  });

  it('tells nothing of an unknown error’s text, which may hold what it must not', async () => {
    const provider: IRosterProvider = add('a');
    provider.health = () => Promise.reject(new Error('secret-canary'));
    expect(JSON.stringify([await registry.health('a'), ports.lines])).not.toContain('canary');
  });
});
