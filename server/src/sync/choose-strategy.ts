/** Decides for one entity of an incremental run whether its watermark holds, and moves the watermark when the run has ended well. */
import { chooseRead, nextWatermark, type Entity } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { listHolds } from '../store/holds.js';
import { pinnedTerms, readsAlike } from '../store/integration-strategy.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { findWatermark, forgetWatermark, newestSeen, saveWatermark } from '../store/watermarks.js';
import { sqlScope } from '../store/sql/scope.js';
import { providerOf, scopeOf, type RunContext } from './run-context.js';

/** Writes to the phase from where it reads, or why it reads everything. Full runs read everything without a reason. */
export async function chooseStrategy(tx: Tx, context: RunContext, entity: Entity): Promise<void> {
  if (context.run.mode !== 'incremental') return;
  const run = scopeOf(context);
  const open = await listHolds(tx, run.tenantId, {
    integrationId: run.integrationId,
    entity: entity.name,
    state: 'open',
  });
  const { fullEverySeconds } = await pinnedTerms(tx, context.run);
  const watermark = await findWatermark(tx, run, entity.name);
  const { configurationVersion } = context.run;
  const alike = watermark !== null && (await readsAlike(tx, context.run, watermark.configurationVersion));
  const choice = chooseRead({
    watermark,
    filter: providerOf(context).capabilities.dateLastModifiedFilter,
    projectionVersion: entity.projectionVersion,
    configurationVersion: alike ? watermark.configurationVersion : configurationVersion,
    openHolds: open.length,
    now: new Date(context.clock.now()).toISOString(),
    fullEveryMs: fullEverySeconds === null ? context.policy.fullEveryMs : fullEverySeconds * 1000,
  });
  const change =
    'since' in choice ? { since: choice.since, fullBecause: null } : { since: null, fullBecause: choice.fullBecause };
  await updatePhase(tx, run, entity.name, change);
}

/**
 * Moves the watermark of an entity that was read to its end. Where something of it waits for a record that is not there yet, it
 * stays, or goes when the read was full: what waits must be read again.
 */
export async function moveWatermark(tx: Tx, context: RunContext, entity: Entity): Promise<void> {
  if (context.run.mode === 'records') return; // single records say nothing of the others
  const run = scopeOf(context);
  const phase = await phaseOf(tx, run, entity.name);
  const previous = await findWatermark(tx, run, entity.name);
  const full = phase.since === null;
  const waiting = (phase.counts.blocked ?? 0) + (phase.counts.rejected ?? 0) > 0;
  if (phase.incompleteReason !== null || (waiting && !full)) return;
  if (waiting) return forgetWatermark(tx, run, entity.name);
  const newest = await newestSeen(tx, sqlScope(run, entity));
  const providerTime = phase.providerTime?.toISOString() ?? null;
  const watermark = nextWatermark(
    providerTime,
    newest ?? (full ? null : providerTime),
    full ? null : (previous?.watermark ?? null),
  );
  if (watermark === null || providerTime === null) return forgetWatermark(tx, run, entity.name);
  await saveWatermark(tx, run, entity.name, {
    watermark,
    providerTime,
    readInFullAt: full ? new Date(context.clock.now()).toISOString() : previous!.readInFullAt,
    projectionVersion: entity.projectionVersion,
    configurationVersion: context.run.configurationVersion,
  });
}
