/** How runs are shown and asked for. A run's report is core's own. */
import { runModes, runStates } from '@rollcall/core';
import { z } from 'zod';
import type { Run } from '../../store/runs.js';
import { byOffset, instant, offsetPageSchema, shownInstant } from '../paging.js';

export const runQuerySchema = z.strictObject({ ...byOffset, integration: z.string().min(1).max(200).optional() });
export type RunQuery = z.output<typeof runQuerySchema>;

export const runRequestSchema = z
  .strictObject({
    /** Name or id. */
    integration: z.string().min(1).max(200),
    /**
     * `plan` shows what a run would do and changes nothing; `incremental` reads only what changed, and in full when in doubt; `records`
     * reads the records that are marked. Without it, what the integration's strategy says.
     */
    mode: z.enum(['full', 'plan', 'incremental', 'records']).optional(),
  })
  .meta({ id: 'RunRequest' });
export type RunRequest = z.output<typeof runRequestSchema>;

export const runRequestedSchema = z
  .object({
    runId: z.uuid(),
    /** False when the integration had a run under way, which is the one named here. */
    created: z.boolean(),
  })
  .meta({ id: 'RunRequested' });
export type RunRequested = z.infer<typeof runRequestedSchema>;

const runSchema = z
  .object({
    id: z.uuid(),
    integration: z.string(),
    /** `records` read single records that were marked, `apply` carries out an approval, `undo` takes a run back. */
    mode: z.enum(runModes),
    /** manual, schedule, api, webhook or configuration. */
    trigger: z.string(),
    state: z.enum(runStates),
    reason: z.string().nullable(),
    nextStep: z.string().nullable(),
    attempt: z.int(),
    /** The hold that a run of mode `apply` releases. */
    holdId: z.uuid().nullable(),
    /** The run that a run of mode `undo` takes back. */
    undoesRunId: z.uuid().nullable(),
    /** Who decided on it, and why. */
    requestedBy: z.string().nullable(),
    requestReason: z.string().nullable(),
    requestedAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Run' });

export const runPageSchema = offsetPageSchema(runSchema, 'RunPage');
export type RunPage = z.infer<typeof runPageSchema>;

export const shownRun = (run: Run): z.infer<typeof runSchema> => ({
  id: run.id,
  integration: run.integration,
  mode: run.mode,
  trigger: run.trigger,
  state: run.state,
  reason: run.reason,
  nextStep: run.nextStep,
  attempt: run.attempt,
  holdId: run.holdId,
  undoesRunId: run.undoesRunId,
  requestedBy: run.requestedBy,
  requestReason: run.requestReason,
  requestedAt: run.requestedAt.toISOString(),
  startedAt: shownInstant(run.startedAt),
  finishedAt: shownInstant(run.finishedAt),
});
