/**
 * Keeps the registry in step with the stored integrations: what is new is started; what changed is taken up while calls go on, new calls
 * by the new settings, those under way by the old ones.
 */
import {
  reasonOf,
  type HealthCheck,
  type IntegrationRegistry,
  type IRosterProvider,
  type Log,
} from '@rollcall/connectors';
import { Fault } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { listIntegrations, type Integration } from '../store/integrations.js';
import { listTenants } from '../store/tenants.js';

export class RegisteredIntegrations {
  readonly #versions = new Map<string, number>();
  readonly #failed = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly db: Database,
    private readonly registry: IntegrationRegistry,
    private readonly log: Log,
  ) {}

  /** An integration that cannot be made (a secret is missing, say) is logged and left out until it changes. */
  async refresh(): Promise<void> {
    for (const { id: tenantId } of await listTenants(this.db))
      for (const integration of await this.db.withTenant(tenantId, (tx) => listIntegrations(tx, tenantId)))
        await this.#uptodate(integration).catch(() => undefined);
  }

  /** Work with the provider of the integration's present settings. Throws a Fault when there can be none. */
  async use<T>(integration: Integration, work: (provider: IRosterProvider) => Promise<T>): Promise<T> {
    // A secret that was missing may be there by now.
    if (this.#failed.has(integration.id)) this.#versions.delete(integration.id);
    await this.#uptodate(integration);
    return this.registry.use(integration.id, work);
  }

  /** As the provider sees itself; a provider that cannot be made is ill as well. Never throws. */
  async probe(integration: Integration): Promise<HealthCheck> {
    const began = Date.now();
    try {
      const health = await this.use(integration, (provider) => provider.health());
      // What the references name may have been changed in its place; the next look resolves them anew.
      if (health.detail['code'] === 'source_unauthorised') this.#versions.delete(integration.id);
      return health;
    } catch (error) {
      const detail = error instanceof Fault ? { code: error.code } : {};
      const checkedAt = new Date(began).toISOString();
      return { status: 'unhealthy', checkedAt, durationMs: Date.now() - began, reason: reasonOf(error), detail };
    }
  }

  /** Steps of one integration follow each other. */
  async #uptodate(integration: Integration): Promise<void> {
    const { id } = integration;
    const before = this.#underWay.get(id) ?? Promise.resolve();
    const step = before.catch(() => undefined).then(() => this.#register(integration));
    this.#underWay.set(id, step);
    await step.finally(() => {
      if (this.#underWay.get(id) === step) this.#underWay.delete(id);
    });
  }

  async #register({ id, tenantId, kind, name, settings, configurationVersion }: Integration): Promise<void> {
    if ((this.#versions.get(id) ?? 0) >= configurationVersion) return;
    this.#versions.set(id, configurationVersion);
    const scope = `${tenantId} ${id}`;
    try {
      if (this.registry.has(id)) await this.registry.replace(id, kind, name, settings, scope);
      else {
        this.registry.create(id, kind, name, settings, scope);
        await this.registry.start(id);
      }
      this.#failed.delete(id);
    } catch (error) {
      this.#failed.add(id);
      this.log.warn('integration.not-registered', { id, kind, errorName: (error as Error).name });
      throw error;
    }
  }
}
