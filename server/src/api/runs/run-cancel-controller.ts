/** Cancelling a run: nothing more is written for it, and what it has applied stays and can be undone. */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { runReportSchema, type RunReport } from '@rollcall/core';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { cancelRun } from '../../sync/cancel-run.js';
import { buildReport } from '../../sync/report.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';

const cancelRequestSchema = z
  .strictObject({ reason: z.string().trim().min(1).max(1000).nullable().default(null) })
  .meta({ id: 'RunCancelRequest' });

@ApiTags('runs')
@Controller('runs/:id')
export class RunCancelController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'POST',
    path: 'cancel',
    id: 'cancelRun',
    summary: 'Cancels a run that is not over, at any moment of it.',
    permission: 'runs.cancel',
    audit: 'change',
    answer: runReportSchema,
    problems: [409, 413, 415],
  })
  async cancel(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: cancelRequestSchema }) { reason }: z.output<typeof cancelRequestSchema>,
  ): Promise<RunReport> {
    const run = await cancelRun(this.db, { tenantId, runId: id, actor: 'local', reason });
    return this.db.withTenant(tenantId, (tx) => buildReport(tx, run));
  }
}
