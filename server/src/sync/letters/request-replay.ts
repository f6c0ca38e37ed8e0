/**
 * Asks for dead letters to be tried again: one run of the integration that reads everything from the source anew, so that each record
 * passes or is refused by what the source says now. One replay is under way at a time; a second request joins it.
 */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database, Tx } from '../../store/database.js';
import { chooseLetters, markReplayed, type DeadLetter } from '../../store/dead-letters.js';
import { findIntegration } from '../../store/integrations.js';
import { createRun, type Run } from '../../store/runs.js';
import { makeWay } from '../make-way.js';

/** Letters by their ids, all open ones of a fingerprint, or all open ones. */
export type Which = { readonly ids: readonly string[] } | { readonly fingerprint: string } | { readonly all: true };

export interface WantedReplay {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  readonly which: Which;
  readonly reason: string;
  readonly actor: string;
}

export interface RequestedReplay {
  readonly tenantId: string;
  readonly runId: string;
  /** False when it joined a replay that was under way. */
  readonly created: boolean;
  readonly letters: number;
}

/** Throws Fault not_found, wrong_state, busy, integration_paused, invalid_input. The caller rings for the run. */
export async function requestReplay(db: Database, wanted: WantedReplay): Promise<RequestedReplay> {
  return db.withTenant(wanted.tenantId, (tx) => requestReplayWithin(tx, wanted));
}

/** The same within a transaction of the caller's. */
export async function requestReplayWithin(tx: Tx, wanted: WantedReplay): Promise<RequestedReplay> {
  const { tenantId, which, actor } = wanted;
  const reason = reasonOf(wanted.reason);
  const { id: integrationId } = await findIntegration(tx, tenantId, wanted.integration);
  const active = await makeWay(tx, tenantId, integrationId);
  const letters = await chooseLetters(tx, { tenantId, integrationId }, which);
  proveReplayable(letters, which);
  if (active !== null && !joinable(active))
    throw new Fault(
      'busy',
      `Run ${active.id} of this integration is under way (${active.state.replaceAll('_', ' ')}).`,
    );
  const asked = { mode: 'full', trigger: 'replay', requestedBy: actor, requestReason: reason } as const;
  const runId = active?.id ?? (await createRun(tx, { tenantId, integrationId, ...asked }));
  const ids = letters.map((letter) => letter.id);
  await markReplayed(tx, { tenantId, runId }, ids);
  const by = 'ids' in which ? 'ids' : 'fingerprint' in which ? which.fingerprint : 'all';
  await writeAudit(tx, {
    ...{ tenantId, integrationId, runId, actor },
    action: 'dead-letters.replay-requested',
    details: { letters: ids.length, by, reason },
  });
  return { tenantId, runId, created: active === null, letters: ids.length };
}

/** Throws Fault invalid_input for one that says nothing. */
export function reasonOf(text: string): string {
  if (text.trim() === '') throw new Fault('invalid_input', 'It needs a reason.');
  return text.trim();
}

/** A replay, or a full run that has read nothing yet. */
const joinable = (run: Run): boolean =>
  run.mode === 'full' && (run.trigger === 'replay' || (run.state === 'queued' && run.attempt === 0));

function proveReplayable(letters: readonly DeadLetter[], which: Which): void {
  if ('ids' in which && letters.length < new Set(which.ids).size)
    throw new Fault('not_found', 'There is no such dead letter of this integration.');
  if (letters.length === 0) throw new Fault('not_found', 'There is no open dead letter to be replayed.');
  for (const { kind, state } of letters) {
    if (kind === 'decision')
      throw new Fault('wrong_state', 'A decision is not replayed: look at its hold or run again and decide anew.');
    if (state === 'passed' || state === 'discarded') throw new Fault('wrong_state', `The dead letter is ${state}.`);
  }
}
