/**
 * The integrations of a tenant apply one after the other. Both may bring the same new people: who comes second sees what the first has
 * made, and joins it instead of making it again.
 */
import { proveFence } from '../store/leases.js';
import { overtakenPlans, whoApplies } from '../store/apply-turns.js';
import type { Tx } from '../store/database.js';
import { updatePhase } from '../store/run-entities.js';
import { recordEvent } from '../store/run-events.js';
import { findRun, moveRun } from '../store/runs.js';
import { scopeOf, write, type RunContext } from './run-context.js';

const lookAgainMs = 250;

/** Resolves when the run is applying and no other run of its tenant is. What was overtaken meanwhile is planned anew. */
export async function takeApplyTurn(context: RunContext): Promise<void> {
  const since = context.clock.now();
  const waited = () => Math.max(0, context.clock.now() - since) / 1000;
  while ((await peek(context)) || !(await write(context, (tx) => enter(tx, context, waited()))))
    await context.clock.sleep(lookAgainMs, context.signal);
}

/** Who only waits is not at work, and nobody gives way to them. */
function peek({ db, lease, run, signal }: RunContext): Promise<boolean> {
  signal.throwIfAborted();
  return db.withTenant(run.tenantId, async (tx) => {
    await proveFence(tx, lease);
    return (await whoApplies(tx, scopeKey(run))) !== null;
  });
}

async function enter(tx: Tx, context: RunContext, waited: number): Promise<boolean> {
  const { run, lease } = context;
  await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`apply ${run.tenantId}`]);
  if ((await whoApplies(tx, scopeKey(run))) !== null) return false;
  const { state } = await findRun(tx, run.tenantId, run.id);
  if (state === 'verifying') return true;
  if (state !== 'applying') await moveRun(tx, lease, 'applying');
  const overtaken = context.sourceRunId === null ? await overtakenPlans(tx, scopeKey(run)) : [];
  for (const entity of overtaken) await updatePhase(tx, scopeOf(context), entity, { state: 'fetched' });
  const anew = overtaken.length > 0;
  if (waited >= 1 || anew)
    await recordEvent(tx, scopeOf(context), { kind: 'turn.taken', figures: { seconds: waited, anew } });
  return true;
}

const scopeKey = ({ tenantId, id, integrationId }: RunContext['run']) => ({ tenantId, runId: id, integrationId });
