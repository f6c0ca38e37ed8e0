/** For tests: a tenant with one integration that reads OneRoster packages, and the real engine to sync it. */
import { oneRosterCsvDefinition, ProviderFactory, type Ports } from '@rollcall/connectors';
import type { RunReport } from '@rollcall/core';
import { addIntegration } from '../../store/integrations.js';
import type { TestDatabase } from '../../store/testing/test-database.js';
import { DataSyncEngine } from '../data-sync-engine.js';
import { buildReport } from '../report.js';
import { requestRun } from '../request-run.js';
import { defaultPolicy, type RunPolicy } from '../run-context.js';
import { withLease } from '../with-lease.js';

const quiet: Ports = {
  clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { count: () => undefined, time: () => undefined },
  random: Math.random,
};

export interface PackagedTenant {
  sync(): Promise<RunReport>;
  /** Carries out a run that was asked for elsewhere. */
  work(runId: string): Promise<RunReport>;
}

export async function packagedTenant(
  { worker }: Pick<TestDatabase, 'worker'>,
  tenantId: string,
  settings: Readonly<Record<string, unknown>>,
  name = 'packages',
  policy: Partial<RunPolicy> = {},
): Promise<PackagedTenant> {
  await worker.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name, kind: 'oneroster-csv', settings }));
  const engine = new DataSyncEngine({
    db: worker,
    ...quiet,
    failpoint: () => undefined,
    policy: { ...defaultPolicy, ...policy },
    connect: async () => {
      const provider = new ProviderFactory(quiet)
        .register(oneRosterCsvDefinition)
        .create('oneroster-csv', name, settings);
      await provider.init();
      await provider.start();
      return provider;
    },
  });
  const work = async (runId: string): Promise<RunReport> => {
    const key = { tenantId, runId, owner: 'test' };
    const run = await withLease(worker, key, new AbortController().signal, (lease, signal) =>
      engine.run(lease, signal),
    );
    return worker.withTenant(tenantId, (tx) => buildReport(tx, run!));
  };
  return {
    work,
    async sync() {
      const wanted = { tenantId, integration: name, mode: 'full', trigger: 'manual', actor: 'test' } as const;
      return work((await requestRun(worker, wanted)).runId);
    },
  };
}
