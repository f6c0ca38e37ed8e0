/** For tests of real-time runs: marks records of a district, works on the run that reads them, and says what was asked of the source. */
import type { EntityName, RunReport } from '@rollcall/core';
import type { MarkTrigger } from '../../store/dirty-records.js';
import { requestRecords, type RequestedRecords } from '../request-records.js';
import type { District, SyncOptions } from './district.js';

export class MarkedDistrict {
  constructor(readonly district: District) {}

  mark(entity: EntityName, ids: readonly string[], trigger: MarkTrigger = 'manual'): Promise<RequestedRecords> {
    const { app, tenantId } = this.district.database;
    const records = ids.map((externalId) => ({ entity, externalId }));
    return requestRecords(app, { tenantId, integration: 'district', records, trigger, actor: 'test' });
  }

  /** Marks, and brings the run that was asked for to its end. */
  async read(entity: EntityName, ids: readonly string[], options: SyncOptions = {}): Promise<RunReport> {
    const { run } = await this.mark(entity, ids);
    return this.district.work(run!.runId, options);
  }

  /** Requests to the source by what they were for, the token left out, since the last time. */
  async asked(): Promise<Record<string, number>> {
    const { requests } = await this.district.control<{ requests: Record<string, number> }>('log');
    await this.district.control('log', {}, 'DELETE');
    const roster = Object.entries(requests).filter(([path]) => path.includes('/ims/'));
    return Object.fromEntries(roster.map(([path, count]) => [path.replace(/^.*\/v1p2\//, ''), count]));
  }

  async waiting(): Promise<{ entity: string; id: string; marks: number }[]> {
    return this.district.sql('SELECT entity, external_id AS id, marks FROM dirty_records ORDER BY 1, 2');
  }

  /** The source's ids of some records that the hub has. */
  async ids(entity: EntityName, count: number): Promise<string[]> {
    const rows = await this.district.sql<{ id: string }>(
      `SELECT external_id AS id FROM external_system_mappings WHERE entity = $1 AND state = 'active' ORDER BY 1 LIMIT $2`,
      [entity, count],
    );
    return rows.map(({ id }) => id);
  }

  /** The source's ids of what it changed last. */
  async changed(entity: EntityName): Promise<string[]> {
    const plan = await this.district.sync({ mode: 'plan' });
    const rows = await this.district.sql<{ id: string }>(
      'SELECT external_id AS id FROM sync_changes WHERE run_id = $1 AND entity = $2 ORDER BY 1',
      [plan.run.id, entity],
    );
    await this.asked();
    return rows.map(({ id }) => id);
  }

  /** The whole hub or one table of it, without the trail of how it came to be. */
  async hub(table?: string): Promise<string> {
    const parts = JSON.parse(await this.district.contents()) as { part: string }[];
    return JSON.stringify(parts.filter(({ part }) => (table === undefined ? part !== 'change_log' : part === table)));
  }
}
