/**
 * The providers of one attempt: made for it, with the settings that its run is pinned to, and gone with it. Only limits of calls are taken
 * up from later settings while it goes on, because they change nothing of what is read.
 */
import type { AdjustableLimits, Clock, IRosterProvider, Log, ProviderFactory } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { findIntegration, pinnedSettings } from '../store/integrations.js';
import type { Run } from '../store/runs.js';

const limitsEveryMs = 5_000;

export interface AttemptParts {
  readonly db: Database;
  readonly factory: ProviderFactory;
  readonly clock: Clock;
  readonly log: Log;
}

export class AttemptProviders {
  readonly #made: IRosterProvider[] = [];
  readonly #ended = new AbortController();

  constructor(
    private readonly parts: AttemptParts,
    private readonly everyMs = limitsEveryMs,
  ) {}

  async connect(run: Run): Promise<IRosterProvider> {
    const { db, factory } = this.parts;
    const { kind, settings } = await db.withTenant(run.tenantId, async (tx) => ({
      kind: (await findIntegration(tx, run.tenantId, run.integrationId)).kind,
      settings: await pinnedSettings(tx, run),
    }));
    const provider = factory.create(kind, run.integration, settings, `${run.tenantId} ${run.integrationId}`);
    this.#made.push(provider);
    await provider.init();
    await provider.start();
    void this.#keepAdjusted(run, provider);
    return provider;
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#made.map((provider) => this.parts.factory.dispose(provider)));
  }

  async #keepAdjusted(run: Run, provider: IRosterProvider): Promise<void> {
    const { db, factory, clock, log } = this.parts;
    const { signal } = this.#ended;
    let version = run.configurationVersion;
    for (;;) {
      await clock.sleep(this.everyMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const now = await db.withTenant(run.tenantId, (tx) => findIntegration(tx, run.tenantId, run.integrationId));
        if (now.configurationVersion === version) continue;
        version = now.configurationVersion;
        provider.adjust?.(limitsIn(factory.configuration(now.kind, now.settings)));
        log.info('limits.taken-up', { run: run.id, version });
      } catch (error) {
        // The attempt itself notices a database that is away; settings that are not valid are for the next run to refuse.
        log.debug('limits.not-taken-up', { errorName: (error as Error).name });
      }
    }
  }
}

function limitsIn(configuration: unknown): AdjustableLimits {
  const { rateLimit = null, maxInFlight } = configuration as AdjustableLimits;
  return { rateLimit, ...(maxInFlight === undefined ? {} : { maxInFlight }) };
}
