/**
 * The integrations of a tenant plan and apply one after the other. Both may bring the same new people, or speak for the same field: who
 * comes second plans by what the first has made of the hub, and nothing moves between a plan and its apply.
 */
import { Fault } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { isTaken, takeTurn, turnOf } from '../store/integration-turns.js';
import { proveFence } from '../store/leases.js';
import { recordEvent } from '../store/run-events.js';
import { scopeOf, write, type RunContext } from './run-context.js';

const lookAgainMs = 250;

/** Resolves when it is this run's turn, which it keeps until it is over. Throws Fault overtaken when it had it and lost it. */
export async function takeIntegrationTurn(context: RunContext): Promise<void> {
  const since = context.clock.now();
  while ((await mustWait(context)) || !(await write(context, (tx) => enter(tx, context, since))))
    await context.clock.sleep(lookAgainMs, context.signal);
}

/** Who only waits is not at work, and nobody gives way to them. */
function mustWait(context: RunContext): Promise<boolean> {
  const { db, lease, run, signal } = context;
  signal.throwIfAborted();
  return db.withTenant(run.tenantId, async (tx) => {
    await proveFence(tx, lease);
    return (await turnOf(tx, scopeOf(context))) === null && (await isTaken(tx, scopeOf(context)));
  });
}

async function enter(tx: Tx, context: RunContext, since: number): Promise<boolean> {
  const run = scopeOf(context);
  await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`integration turn ${run.tenantId}`]);
  const turn = await turnOf(tx, run);
  if (turn === 'taken') return true;
  if (turn === 'lost')
    throw new Fault('overtaken', 'This run stood still for so long that another integration went ahead.');
  if (await isTaken(tx, run)) return false;
  await takeTurn(tx, run);
  const seconds = Math.max(0, context.clock.now() - since) / 1000;
  if (seconds >= 1) await recordEvent(tx, run, { kind: 'turn.taken', figures: { seconds } });
  return true;
}
