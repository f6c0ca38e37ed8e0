/** The product as a subject: one full run of the engine as the worker runs it, under lease and fence, from request to report. */
import {
  oneRosterCsvDefinition,
  ProviderFactory,
  timebackDefinition,
  timebackPresets,
  type Ports,
} from '@rollcall/connectors';
import type { Subject, Task } from '../subject.js';
import { productParts } from './product-parts.js';

const name = 'bench';
const connections = 8;

/** Makes the tenant and the integration that all phases share. */
export async function prepareProduct(workerUrl: string): Promise<void> {
  const { Database, ensureTenant, addIntegration } = await productParts();
  const db = new Database(workerUrl, { connections });
  try {
    const { id: tenantId } = await ensureTenant(db, name);
    await db.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name, kind: 'timeback', settings: {} }));
  } finally {
    await db.close();
  }
}

export async function product(task: Task, steps: Record<string, number>): Promise<Subject> {
  const {
    Database,
    ensureTenant,
    DataSyncEngine,
    defaultPolicy,
    requestRun,
    requestUndo,
    listRuns,
    findIntegration,
    withLease,
    buildReport,
  } = await productParts();
  const db = new Database(task.databaseUrl, { connections });
  const { id: tenantId } = await ensureTenant(db, name);
  const ports = portsInto(steps);
  const connect = () => connected(task, ports);
  const engine = new DataSyncEngine({ db, ...ports, failpoint: () => undefined, policy: defaultPolicy, connect });
  const lastRun = () =>
    db.withTenant(tenantId, async (tx) => {
      const { id } = await findIntegration(tx, tenantId, name);
      const [run] = await listRuns(tx, tenantId, { integrationId: id, limit: 1 });
      return run!.id;
    });
  const request = async () => {
    const by = { tenantId, actor: 'bench' };
    if (task.phase === 'undo') return requestUndo(db, { ...by, runId: await lastRun(), rows: null, reason: 'bench' });
    const mode = task.phase === 'incremental' ? 'incremental' : 'full';
    return requestRun(db, { ...by, integration: name, mode, trigger: 'manual' });
  };
  return {
    async work() {
      const { runId } = await request();
      const never = new AbortController().signal;
      const run = await withLease(db, { tenantId, runId, owner: 'bench' }, never, (held, signal) =>
        engine.run(held, signal),
      );
      if (run?.state !== 'completed') throw new Error(`the run ended as ${run?.state}: ${run?.reason}`);
      const report = await db.withTenant(tenantId, (tx) => buildReport(tx, run));
      return Object.values(report.entities).reduce((sum, counts) => sum + counts.read, 0);
    },
    close: () => db.close(),
  };
}

async function connected({ sandboxUrl, packagePath }: Task, ports: Ports) {
  const factory = new ProviderFactory(ports).register(timebackDefinition).register(oneRosterCsvDefinition);
  const provider = packagePath
    ? factory.create('oneroster-csv', name, { path: packagePath })
    : factory.create('timeback', name, {
        ...timebackPresets.sandbox(sandboxUrl),
        clientId: 'sandbox-client',
        clientSecret: 'sandbox-secret',
      });
  await provider.init();
  await provider.start();
  return provider;
}

function portsInto(steps: Record<string, number>): Ports {
  const quiet = () => undefined;
  return {
    clock: { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    log: {
      debug: quiet,
      info: (event, fields) => {
        if (event === 'run.step-done') steps[String(fields?.step)] = Number(fields?.ms);
      },
      warn: (event, fields) => console.error(event, fields),
      error: (event, fields) => console.error(event, fields),
    },
    metrics: { count: quiet, time: quiet },
    random: Math.random,
  };
}
