/** What happened in a run, line by line, as a person reads it. */
import { Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { runReportSchema, timelineLineSchema } from '@rollcall/core';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { findRun } from '../../store/runs.js';
import { runTimeline } from '../../sync/run-timeline.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';

const timelineSchema = z
  .object({ run: runReportSchema.shape.run, lines: z.array(timelineLineSchema) })
  .meta({ id: 'RunTimeline' });

@ApiTags('runs')
@Controller('runs/:id')
export class RunTimelineController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'GET',
    path: 'timeline',
    id: 'getRunTimeline',
    summary: 'What happened in a run, in order: steps, pages, retries, waits, holds, crashes.',
    permission: 'runs.read',
    audit: 'none',
    answer: timelineSchema,
  })
  async find(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
  ): Promise<z.infer<typeof timelineSchema>> {
    return this.db.withTenant(tenantId, async (tx) => {
      const { run, lines } = await runTimeline(tx, await findRun(tx, tenantId, id));
      return { run, lines: [...lines] };
    });
  }
}
