/** Which limit decided what in a run, and why. */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '../../store/database.js';
import { explainLimits } from '../../sync/limits/explain-limits.js';
import { idSchema, offsetPage } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  judgementPageSchema,
  judgementQuerySchema,
  shownJudgement,
  type JudgementPage,
  type JudgementQuery,
} from './limit-shapes.js';

@ApiTags('limits')
@Controller('runs/:id/limits')
export class RunLimitsController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'GET',
    path: '',
    id: 'explainRunLimits',
    summary: 'Which limit decided what in the run, and why; what was held comes first.',
    permission: 'limits.read',
    audit: 'none',
    answer: judgementPageSchema,
  })
  async explain(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Query({ schema: judgementQuerySchema }) query: JudgementQuery,
  ): Promise<JudgementPage> {
    return this.db.withTenant(tenantId, async (tx) => {
      const { verdict, limit, offset } = query;
      const filter = { limit: limit + 1, offset, ...(verdict ? { verdict } : {}) };
      const { items, nextOffset } = offsetPage(await explainLimits(tx, { tenantId, runId: id }, filter), query);
      return { items: items.map(shownJudgement), nextOffset };
    });
  }
}
