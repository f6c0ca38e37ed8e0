/**
 * Asks for runs of integrations into whose folder a new package was put. A package counts once it has not changed between two looks,
 * and the one that was taken last is no new one. What has to happen next is returned: the caller rings for the runs.
 */
import { digestOfFile, newestPackage, oneRosterCsvConfigSchema, type InboxPackage } from '@rollcall/connectors';
import { Fault } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database } from '../../store/database.js';
import { keepPackage, lastPackage, packageIntegrations } from '../../store/integration-packages.js';
import { findIntegration } from '../../store/integrations.js';
import { isIdle } from '../make-way.js';
import { requestRunWithin } from '../request-run.js';

type RunKey = { tenantId: string; runId: string };

export class Inboxes {
  /** By integration, what its folder held at the last look. */
  #seen = new Map<string, string>();
  /** Packages that were found to be known, so that they are not read at each look. */
  readonly #known = new Map<string, string>();

  constructor(private readonly db: Database) {}

  async look(): Promise<RunKey[]> {
    const asked: RunKey[] = [];
    const seen = new Map<string, string>();
    for (const key of await packageIntegrations(this.db)) {
      const found = await this.#newest(key);
      if (found === null) continue;
      const mark = `${found.path} ${found.bytes} ${found.changedAtMs}`;
      seen.set(key.integrationId, mark);
      if (this.#seen.get(key.integrationId) !== mark || this.#known.get(key.integrationId) === mark) continue;
      const runId = await this.#take(key, found);
      if (runId === 'later') continue;
      this.#known.set(key.integrationId, mark);
      if (runId !== null) asked.push({ tenantId: key.tenantId, runId });
    }
    this.#seen = seen;
    return asked;
  }

  /** Null for an integration without a folder to look into, or with nothing in it. */
  async #newest({ tenantId, integrationId }: Key): Promise<InboxPackage | null> {
    const { settings } = await this.db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, integrationId));
    const config = oneRosterCsvConfigSchema.safeParse(settings);
    if (!config.success || !config.data.inbox) return null;
    // A folder that is not there yet, or away for a while, is looked into again.
    return newestPackage(config.data.path).catch(() => null);
  }

  /** The run that will read it; null for a package that was taken already; later while another run is under way. */
  async #take(key: Key, { path, bytes }: InboxPackage): Promise<string | null> {
    const digest = await digestOfFile(path);
    const { tenantId, integrationId } = key;
    try {
      return await this.db.withTenant(tenantId, async (tx) => {
        if ((await lastPackage(tx, key))?.digest === digest) return null;
        if (!(await isIdle(tx, tenantId, integrationId))) return 'later';
        const by = { trigger: 'folder', actor: 'system' };
        const { runId } = await requestRunWithin(tx, { tenantId, integration: integrationId, mode: 'full', ...by });
        await keepPackage(tx, key, { digest, bytes, runId });
        const details = { digest, bytes, trigger: by.trigger };
        await writeAudit(tx, { ...key, runId, action: 'package.taken', actor: by.actor, details });
        return runId;
      });
    } catch (error) {
      if (error instanceof Fault && error.code === 'integration_paused') return 'later';
      throw error;
    }
  }
}

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}
