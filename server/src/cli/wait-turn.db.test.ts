/** A decision that may wait begins when the run before it has ended; one that may not, or would wait for a person, is refused. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { addIntegration } from '../store/integrations.js';
import { findRun } from '../store/runs.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { takeTurn } from '../sync/make-way.js';
import { requestRun } from '../sync/request-run.js';
import { createLog } from '../telemetry/log.js';
import { systemClock } from '../telemetry/system-clock.js';
import type { Surroundings } from './surroundings.js';
import { Terminal } from './terminal.js';
import { inTurn } from './wait-turn.js';
import type { LentRollcall } from './with-rollcall.js';

let database: TestDatabase;
let integrationId: string;
let runId: string;
let said: string;
let opened = 0;

beforeEach(async () => {
  database = await testDatabase(`cli_wait_turn_${(opened += 1)}`);
  const { tenantId, worker } = database;
  const made = { tenantId, name: 'district', kind: 'mock', settings: {} };
  integrationId = (await worker.withTenant(tenantId, (tx) => addIntegration(tx, made))).id;
  const wanted = { tenantId, integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  ({ runId } = await requestRun(worker, wanted));
  said = '';
});
afterEach(() => database.close());

/** Tries to take the integration's turn, where no instance runs and working on the other run leaves it in `state`. */
function attempt(wait: boolean, state = 'completed'): Promise<string> {
  const { tenantId, worker } = database;
  const err = new PassThrough().on('data', (chunk) => (said += String(chunk)));
  const at = { clock: systemClock, stop: new AbortController().signal, err, out: err } as unknown as Surroundings;
  const work = async () => {
    await database.sql('UPDATE runs SET state = $1 WHERE id = $2', [state, runId]);
    return worker.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
  };
  const log = createLog('test', 'error');
  const rollcall = { db: worker, log, work, lent: { instance: null } } as unknown as LentRollcall;
  const of = { tenantId, integrationId, wait };
  return inTurn(at, new Terminal(at, false), rollcall, of, () =>
    worker.withTenant(tenantId, async (tx) => {
      await takeTurn(tx, tenantId, integrationId);
      return 'done';
    }),
  );
}

describe('while a run of the integration is under way', () => {
  it('what may not wait is refused, and the run is left alone', async () => {
    await expect(attempt(false)).rejects.toMatchObject({ code: 'busy', publicText: expect.stringContaining(runId) });
    expect(await database.sql('SELECT state FROM runs')).toEqual([{ state: 'queued' }]);
  });

  it('what may wait says so, and is done when that run has ended', async () => {
    expect(await attempt(true)).toBe('done');
    expect(said).toMatch(
      new RegExp(`Run ${runId} of this integration is under way \\(queued\\)\\. Waiting for its end\\.`),
    );
  });

  it('nothing waits for a run that waits for a person to approve it', async () => {
    await expect(attempt(true, 'awaiting_approval')).rejects.toMatchObject({ code: 'busy' });
  });
});
