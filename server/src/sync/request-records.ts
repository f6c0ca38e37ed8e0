/**
 * Marks records and asks for a run that reads them. One that is under way is joined: it reads what is marked before it has planned,
 * and what is marked later is read by the run that follows it.
 */
import type { RunMode } from '@rollcall/core';
import type { Database, Tx } from '../store/database.js';
import { readingChanged } from '../store/integration-strategy.js';
import type { Integration } from '../store/integrations.js';
import { isIdle } from './make-way.js';
import { markDirty, type WantedMarks } from './mark-dirty.js';
import { requestRunWithin, type RequestedRun } from './request-run.js';

export interface RequestedRecords {
  /** How many different records were marked. */
  readonly marked: number;
  /** The run that reads them, which the caller rings for. Null where they wait: see requestRecords. */
  readonly run: RequestedRun | null;
  /** What a new run is: `full` where what is read of the source has changed, else `records`. */
  readonly mode: RunMode;
}

/**
 * Marks and request stand or fall together. What a person marks is read at once. What a webhook marks is read at once where the
 * strategy is real-time and nothing is under way; otherwise it waits for the next run, and a pause is no fault.
 * Throws Fault invalid_input, not_found, or integration_paused.
 */
export async function requestRecords(db: Database, wanted: WantedMarks): Promise<RequestedRecords> {
  return db.withTenant(wanted.tenantId, (tx) => requestRecordsWithin(tx, wanted));
}

/** The same within a transaction of the caller's. */
export async function requestRecordsWithin(tx: Tx, wanted: WantedMarks): Promise<RequestedRecords> {
  const { tenantId, trigger, actor } = wanted;
  const { integration, marked } = await markDirty(tx, wanted);
  const mode = await modeForMarks(tx, integration);
  if (trigger === 'webhook' && !(await mayStart(tx, integration))) return { marked, run: null, mode };
  const run = await requestRunWithin(tx, { tenantId, integration: integration.id, mode, trigger, actor });
  return { marked, run, mode };
}

const mayStart = async (tx: Tx, { tenantId, id, strategy, state }: Integration): Promise<boolean> =>
  strategy === 'real-time' && state !== 'paused' && (await isIdle(tx, tenantId, id));

/** Where what is read has changed, the next run is a full one, whatever asks for it; it looks at the marked records as well. */
export async function modeForMarks(tx: Tx, integration: Integration): Promise<RunMode> {
  const { tenantId, id: integrationId, configurationVersion } = integration;
  return (await readingChanged(tx, { tenantId, integrationId, configurationVersion })) ? 'full' : 'records';
}
