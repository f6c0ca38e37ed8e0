/**
 * The integrations that this process holds: found by id, led through init, start, stop and health. An integration that fails
 * is logged and marked failed; it never takes another one, or the process, down with it.
 */
import { Fault } from '@rollcall/core';
import { reasonOf } from './condition.js';
import type { HealthCheck, IntegrationStatus, IRosterProvider } from './contracts.js';
import type { ProviderDefinition, ProviderFactory } from './factory.js';
import type { Ports } from './ports.js';
import { Uses } from './uses.js';

export interface Integration {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly status: IntegrationStatus;
  /** Why the last step failed, for people; null while all is well. */
  readonly reason: string | null;
}

interface Entry {
  readonly id: string;
  provider: IRosterProvider;
  status: IntegrationStatus;
  reason: string | null;
  /** Steps of one integration follow each other. */
  last: Promise<void>;
}

export class IntegrationRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #uses: Uses;

  constructor(
    private readonly factory: ProviderFactory,
    private readonly ports: Ports,
  ) {
    this.#uses = new Uses((provider) => factory.dispose(provider));
  }

  /** Adds a kind of provider that integrations can be made of. */
  register(definition: ProviderDefinition): this {
    this.factory.register(definition);
    return this;
  }

  kinds(): readonly ProviderDefinition[] {
    return this.factory.kinds();
  }

  list(): readonly Integration[] {
    return [...this.#entries.values()].map(shown);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Throws a Fault `not_found`. */
  provider(id: string): IRosterProvider {
    return this.#entry(id).provider;
  }

  status(id: string): Integration {
    return shown(this.#entry(id));
  }

  /** Work with the present provider; while it lasts a replacement does not take the provider away. Throws a Fault `not_found`. */
  use<T>(id: string, work: (provider: IRosterProvider) => Promise<T>): Promise<T> {
    return this.#uses.during(this.#entry(id).provider, work);
  }

  /**
   * Takes up a new configuration while calls are under way: those that begin from now on use the new provider, and the old one is
   * disposed of when the last of its calls has ended. Throws, and leaves all as it was, when the new one cannot be made or started.
   */
  async replace(id: string, kind: string, name: string, config: unknown, scope?: string): Promise<void> {
    const present = this.#entry(id);
    const { status, reason } = present;
    await this.#step(id, 'start', async (entry) => {
      const next = this.factory.create(kind, name, config, scope);
      try {
        await next.init();
        await next.start();
      } catch (error) {
        await this.factory.dispose(next);
        throw error;
      }
      const old = entry.provider;
      entry.provider = next;
      entry.status = 'running';
      this.#uses.endWith(old);
    }).catch((error: unknown) => {
      Object.assign(present, { status, reason });
      throw error;
    });
  }

  /** Throws a Fault when the id is taken, the kind unknown or the configuration invalid. `scope` as of the factory. */
  create(id: string, kind: string, name: string, config: unknown, scope?: string): IRosterProvider {
    if (this.#entries.has(id)) throw new Fault('invalid_input', `The integration '${id}' is already registered.`);
    const provider = this.factory.create(kind, name, config, scope);
    this.#entries.set(id, { id, provider, status: 'created', reason: null, last: Promise.resolve() });
    return provider;
  }

  /** Init and start, each at most once; a failed one may be started again. Rethrows what failed, after logging it. */
  start(id: string): Promise<void> {
    return this.#step(id, 'start', async (entry) => {
      if (entry.status === 'running') return;
      await entry.provider.init();
      entry.status = 'initialised';
      await entry.provider.start();
      entry.status = 'running';
    });
  }

  stop(id: string): Promise<void> {
    return this.#step(id, 'stop', async (entry) => {
      await entry.provider.stop();
      entry.status = 'stopped';
    });
  }

  /** Stops the integration and forgets it. */
  async remove(id: string): Promise<void> {
    const entry = this.#entry(id);
    this.#entries.delete(id);
    await entry.last;
    await this.factory.dispose(entry.provider);
  }

  /** Never throws, not even where a provider breaks its word. */
  async health(id: string): Promise<HealthCheck> {
    const entry = this.#entry(id);
    const startedAt = this.ports.clock.now();
    try {
      return await entry.provider.health();
    } catch (error) {
      this.ports.log.error('integration.health-failed', { id, kind: entry.provider.kind, reason: reasonOf(error) });
      const checkedAt = new Date(startedAt).toISOString();
      const durationMs = this.ports.clock.now() - startedAt;
      return { status: 'unhealthy', checkedAt, durationMs, reason: reasonOf(error), detail: {} };
    }
  }

  async healthOfAll(): Promise<ReadonlyMap<string, HealthCheck>> {
    const ids = [...this.#entries.keys()];
    const checks = await Promise.all(ids.map((id) => this.health(id)));
    return new Map(ids.map((id, index) => [id, checks[index]!]));
  }

  /** Starts all that can be started; answers the ids that could not. */
  startAll(): Promise<string[]> {
    return this.#all((id) => this.start(id));
  }

  /** Stops everything, also what fails to stop cleanly; answers the ids that failed. */
  stopAll(): Promise<string[]> {
    return this.#all((id) => this.stop(id));
  }

  async #all(step: (id: string) => Promise<void>): Promise<string[]> {
    const ids = [...this.#entries.keys()];
    const results = await Promise.allSettled(ids.map(step));
    return ids.filter((_, index) => results[index]!.status === 'rejected');
  }

  #step(id: string, name: 'start' | 'stop', run: (entry: Entry) => Promise<void>): Promise<void> {
    const entry = this.#entry(id);
    const step = entry.last.then(() => this.#noted(entry, name, run));
    entry.last = step.catch(() => undefined);
    return step;
  }

  async #noted(entry: Entry, name: 'start' | 'stop', run: (entry: Entry) => Promise<void>): Promise<void> {
    const mark = { id: entry.id, kind: entry.provider.kind, name: entry.provider.name };
    try {
      await run(entry);
      entry.reason = null;
      this.ports.log.info(name === 'start' ? 'integration.started' : 'integration.stopped', mark);
    } catch (error) {
      entry.status = 'failed';
      entry.reason = reasonOf(error);
      this.ports.log.error(`integration.${name}-failed`, { ...mark, reason: entry.reason });
      throw error;
    }
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new Fault('not_found', `There is no integration '${id}' in this process.`);
    return entry;
  }
}

const shown = ({ id, provider, status, reason }: Entry): Integration => ({
  id,
  kind: provider.kind,
  name: provider.name,
  status,
  reason,
});
