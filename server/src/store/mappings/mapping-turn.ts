/**
 * Who may write links now. Runs count links before and after, so no person writes while one is under way and none begins until the
 * writer is done; writers of single links go side by side, unless they mean the same record, and a bulk writer goes alone.
 */
import { Fault } from '@rollcall/core';
import type { Tx } from '../database.js';
import { activeRun, findRun } from '../runs.js';

interface Wanted {
  readonly tenantId: string;
  readonly integrationId: string;
}

/** `localIds` are the records that are meant; `all` means many. Throws Fault busy. */
export async function takeMappingTurn(tx: Tx, wanted: Wanted, localIds: readonly string[] | 'all'): Promise<void> {
  const { tenantId, integrationId } = wanted;
  // The word that whoever asks for a run locks exclusively.
  await lock(tx, `request-run ${integrationId}`, true);
  await lock(tx, `mappings ${integrationId}`, localIds !== 'all');
  if (localIds !== 'all') for (const id of [...localIds].toSorted()) await lock(tx, `mapping ${id}`, false);
  const active = await activeRun(tx, tenantId, integrationId);
  if (active === null) return;
  const { state } = await findRun(tx, tenantId, active);
  if (state === 'needs_attention') return;
  throw new Fault('busy', `Run ${active} of this integration is under way (${state.replaceAll('_', ' ')}).`);
}

const lock = (tx: Tx, word: string, shared: boolean) =>
  tx.query(`SELECT pg_advisory_xact_lock${shared ? '_shared' : ''}(hashtext($1))`, [word]);
