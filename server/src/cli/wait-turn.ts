/** For what is refused while another run of the integration is under way: waits for the end of that run and tries again. */
import { Fault, finalRunStates } from '@rollcall/core';
import { activeRun } from '../store/runs.js';
import { whileWorkedOn } from './carry-out-run.js';
import { followRun } from './follow-run.js';
import type { Surroundings } from './surroundings.js';
import type { Terminal } from './terminal.js';
import type { LentRollcall } from './with-rollcall.js';

/** Without `wait` it tries once. A run that pauses for long or asks for a person is not waited for. */
export async function inTurn<T>(
  at: Surroundings,
  terminal: Terminal,
  rollcall: LentRollcall,
  of: { tenantId: string; integrationId: string; wait: boolean },
  attempt: () => Promise<T>,
): Promise<T> {
  const { db } = rollcall;
  const watch = { db, clock: at.clock, stop: at.stop, onProgress: () => undefined };
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!of.wait || !(error instanceof Fault) || error.code !== 'busy') throw error;
      const runId = await db.withTenant(of.tenantId, (tx) => activeRun(tx, of.tenantId, of.integrationId));
      if (runId === null) continue;
      terminal.say(`${error.publicText} Waiting for its end.`);
      const run = { tenantId: of.tenantId, runId };
      const { state } = await whileWorkedOn(at, rollcall, run, () => followRun(run, watch));
      if (!finalRunStates.includes(state)) throw error;
    }
  }
}
