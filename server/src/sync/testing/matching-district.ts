/** A district whose ids, people and sources change, with what tests of matching ask of it. */
import { findHold, heldRows, listHolds, type HeldRow, type Hold } from '../../store/holds.js';
import { addIntegration } from '../../store/integrations.js';
import type { RunReport } from '@rollcall/core';
import { approveHold, declineHold } from '../decide-hold.js';
import type { Answers } from '../matching/choose-candidates.js';
import { requestRun } from '../request-run.js';
import { requestUndo } from '../request-undo.js';
import type { District } from './district.js';

export interface RenewedId {
  readonly from: string;
  readonly to: string;
}

export class MatchingDistrict {
  constructor(readonly district: District) {}

  /** As it was first read. */
  async begin(): Promise<void> {
    await this.district.control('reset', {});
    await this.district.wipe();
    await this.district.sync();
  }

  async rekey(count: number, entity = 'users'): Promise<RenewedId[]> {
    return (await this.district.control<{ pairs: RenewedId[] }>('rekey', { count, entity })).pairs;
  }

  holds(): Promise<Hold[]> {
    return this.#read((tx) => listHolds(tx, this.#tenantId, { state: 'open' }));
  }

  rows(holdId: string): Promise<HeldRow[]> {
    return this.#read(async (tx) => {
      const hold = await findHold(tx, this.#tenantId, holdId);
      return heldRows(tx, { ...hold, tenantId: this.#tenantId }, { limit: 1000, offset: 0 });
    });
  }

  async approve(holdId: string, answers: Answers = {}, rows: readonly string[] | null = null): Promise<RunReport> {
    const decision = await this.#decision(holdId, rows);
    const { runId } = await approveHold(this.district.database.worker, { ...decision, answers });
    return this.district.work(runId);
  }

  async decline(holdId: string): Promise<void> {
    await declineHold(this.district.database.worker, await this.#decision(holdId, null));
  }

  async undo(runId: string): Promise<RunReport> {
    const wanted = { tenantId: this.#tenantId, runId, rows: null, reason: 'no', actor: 'test' };
    return this.district.work((await requestUndo(this.district.database.worker, wanted)).runId);
  }

  /** A full run of another integration, which is added when it is first named. It reads the same source. */
  async syncAs(name: string): Promise<RunReport> {
    const { worker } = this.district.database;
    const tenantId = this.#tenantId;
    const found = await this.district.sql('SELECT FROM integrations WHERE name = $1', [name]);
    if (found.length === 0)
      await worker.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name, kind: 'timeback', settings: {} }));
    const of = { tenantId, integration: name, mode: 'full', trigger: 'manual', actor: 'test' } as const;
    return this.district.work((await requestRun(worker, of)).runId);
  }

  /** All rows of people, roles and enrollments, but for the ids of the source and for times. */
  async people(): Promise<string> {
    const digest = (table: string, order: string) =>
      `(SELECT md5(string_agg((to_jsonb(t) - '{external_id,last_sync_at,updated_at}'::text[])::text, '' ORDER BY ${order})) FROM ${table} t)`;
    const parts = [digest('users', 'id'), digest('enrollments', 'id'), digest('classes', 'id')];
    const mine = `(SELECT * FROM user_roles WHERE integration_id = '${this.district.integration.id}')`;
    return JSON.stringify(
      await this.district.sql(`SELECT ${[...parts, digest(mine, 'user_id, position')].join(', ')}`),
    );
  }

  links(): Promise<Record<string, unknown>[]> {
    return this.district.sql('SELECT * FROM external_system_mappings ORDER BY integration_id, entity, external_id');
  }

  /** Makes the hub's people other than the source says, without a trace. */
  async disguise(externalIds: readonly string[], set: string): Promise<void> {
    await this.district.sql('SET session_replication_role = replica');
    await this.district.sql(
      `UPDATE users SET ${set} WHERE id IN (SELECT local_id FROM external_system_mappings WHERE external_id = ANY ($1))`,
      [externalIds],
    );
    await this.district.sql('SET session_replication_role = origin');
  }

  /** Makes the next run read these records whole. */
  async forget(which: string, params: unknown[] = []): Promise<void> {
    await this.district.sql(
      `UPDATE external_system_mappings l SET base_checksum = NULL, raw_digest = NULL WHERE ${which}`,
      params,
    );
  }

  get #tenantId(): string {
    return this.district.database.tenantId;
  }

  #read<T>(work: Parameters<typeof this.district.database.worker.withTenant<T>>[1]): Promise<T> {
    return this.district.database.worker.withTenant(this.#tenantId, work);
  }

  async #decision(holdId: string, rows: readonly string[] | null) {
    const { digest } = await this.#read((tx) => findHold(tx, this.#tenantId, holdId));
    return { tenantId: this.#tenantId, holdId, rows, digest, reason: 'looked at', actor: 'test' };
  }
}

/** What a run did to an entity. */
export const done = ({ created, updated, deactivated, linked }: RunReport['entities']['users']) => ({
  ...{ created, updated, deactivated, linked },
});
