/** The providers of one attempt: made for it, with the settings that its run is pinned to, and gone with it. */
import type { ProviderFactory } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { findIntegration, pinnedSettings } from '../store/integrations.js';
import type { Run } from '../store/runs.js';

export class AttemptProviders {
  readonly #made: ReturnType<ProviderFactory['create']>[] = [];

  constructor(
    private readonly db: Database,
    private readonly factory: ProviderFactory,
  ) {}

  async connect(run: Run) {
    const { kind, settings } = await this.db.withTenant(run.tenantId, async (tx) => ({
      kind: (await findIntegration(tx, run.tenantId, run.integrationId)).kind,
      settings: await pinnedSettings(tx, run),
    }));
    const provider = this.factory.create(kind, run.integration, settings, `${run.tenantId} ${run.integrationId}`);
    this.#made.push(provider);
    await provider.init();
    await provider.start();
    return provider;
  }

  async end(): Promise<void> {
    await Promise.all(this.#made.map((provider) => this.factory.dispose(provider)));
  }
}
