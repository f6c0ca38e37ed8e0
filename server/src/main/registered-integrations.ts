/** Keeps the registry in step with the stored integrations: what is new is started, what changed is made anew. */
import type { IntegrationRegistry, Log } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { listIntegrations, type Integration } from '../store/integrations.js';
import { listTenants } from '../store/tenants.js';

export class RegisteredIntegrations {
  readonly #versions = new Map<string, number>();

  constructor(
    private readonly db: Database,
    private readonly registry: IntegrationRegistry,
    private readonly log: Log,
  ) {}

  /** An integration that cannot be made (a secret is missing, say) is logged and left out until it changes. */
  async refresh(): Promise<void> {
    for (const { id: tenantId } of await listTenants(this.db))
      for (const integration of await this.db.withTenant(tenantId, (tx) => listIntegrations(tx, tenantId)))
        if (this.#versions.get(integration.id) !== integration.configurationVersion) await this.#register(integration);
  }

  async #register({ id, kind, name, settings, configurationVersion }: Integration): Promise<void> {
    this.#versions.set(id, configurationVersion);
    try {
      if (this.registry.has(id)) await this.registry.remove(id);
      this.registry.create(id, kind, name, settings);
      await this.registry.start(id);
    } catch (error) {
      this.log.warn('integration.not-registered', { id, kind, errorName: (error as Error).name });
    }
  }
}
