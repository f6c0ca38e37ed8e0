/** Runs: the list, a run's report at any moment of it, and the request for a new one. */
import { Body, Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { runReportSchema, type RunReport } from '@rollcall/core';
import type { FastifyReply } from 'fastify';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { findRun, listRuns } from '../../store/runs.js';
import { buildReport } from '../../sync/report.js';
import { requestRun } from '../../sync/request-run.js';
import { Announcer } from '../announcer.js';
import { idSchema, offsetPage } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  runPageSchema,
  runQuerySchema,
  runRequestedSchema,
  runRequestSchema,
  shownRun,
  type RunPage,
  type RunQuery,
  type RunRequest,
  type RunRequested,
} from './run-shapes.js';

const reading = { method: 'GET', permission: 'runs.read', audit: 'none' } as const;

@ApiTags('runs')
@Controller('runs')
export class RunsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Announcer) private readonly announcer: Announcer,
  ) {}

  @Route({ ...reading, path: '', id: 'listRuns', summary: 'Runs, the latest first.', answer: runPageSchema })
  async list(@Tenant() tenantId: string, @Query({ schema: runQuerySchema }) query: RunQuery): Promise<RunPage> {
    return this.db.withTenant(tenantId, async (tx) => {
      const of = query.integration
        ? { integrationId: (await findIntegration(tx, tenantId, query.integration)).id }
        : {};
      const rows = await listRuns(tx, tenantId, { limit: query.limit + 1, offset: query.offset, ...of });
      const { items, nextOffset } = offsetPage(rows, query);
      return { items: items.map(shownRun), nextOffset };
    });
  }

  @Route({ ...reading, path: ':id', id: 'getRun', summary: 'The report of a run.', answer: runReportSchema })
  async find(@Tenant() tenantId: string, @Param({ schema: idSchema }) { id }: { id: string }): Promise<RunReport> {
    return this.db.withTenant(tenantId, async (tx) => buildReport(tx, await findRun(tx, tenantId, id)));
  }

  @Route({
    method: 'POST',
    path: '',
    id: 'requestRun',
    summary: 'Asks for a run; one that is under way is joined.',
    permission: 'runs.request',
    audit: 'change',
    answer: runRequestedSchema,
    status: 202,
    problems: [404, 413, 415],
  })
  async request(
    @Tenant() tenantId: string,
    @Body({ schema: runRequestSchema }) wanted: RunRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunRequested> {
    const { runId, created } = await requestRun(this.db, { tenantId, ...wanted, trigger: 'api', actor: 'local' });
    await this.announcer.announce({ tenantId, runId }, reply);
    return { runId, created };
  }
}
