/** Limits: from which measure on a change waits for a person. */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '../../store/database.js';
import { findRule, listRules } from '../../store/limit-rules.js';
import { changeLimit, removeLimit, setLimit } from '../../sync/limits/change-limits.js';
import { apiActor as actor } from '../decision-request.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  limitListSchema,
  limitNumbersSchema,
  limitQuerySchema,
  limitRequestSchema,
  limitSchema,
  reasonQuerySchema,
  shownLimit,
  type LimitList,
  type LimitNumbers,
  type LimitQuery,
  type LimitRequest,
  type ReasonQuery,
  type ShownLimit,
} from './limit-shapes.js';

const reading = { method: 'GET', permission: 'limits.read', audit: 'none' } as const;
const changing = { permission: 'limits.change', audit: 'change', answer: limitSchema } as const;
const withBody = { problems: [404, 413, 415] };

@ApiTags('limits')
@Controller('limits')
export class LimitsController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    ...reading,
    path: '',
    id: 'listLimits',
    summary: 'The limits that people have set.',
    answer: limitListSchema,
  })
  async list(
    @Tenant() tenantId: string,
    @Query({ schema: limitQuerySchema }) { removed }: LimitQuery,
  ): Promise<LimitList> {
    const rules = await this.db.withTenant(tenantId, (tx) => listRules(tx, tenantId, { all: removed === 'true' }));
    return { items: rules.map(shownLimit) };
  }

  @Route({
    ...reading,
    path: ':id',
    id: 'getLimit',
    summary: 'One limit, also one that was removed.',
    answer: limitSchema,
  })
  async find(@Tenant() tenantId: string, @Param({ schema: idSchema }) { id }: { id: string }): Promise<ShownLimit> {
    return shownLimit(await this.db.withTenant(tenantId, (tx) => findRule(tx, tenantId, id)));
  }

  @Route({
    ...changing,
    ...withBody,
    method: 'POST',
    path: '',
    id: 'setLimit',
    summary: 'Sets a limit in place of one for the same scope; it holds from the next run on.',
    status: 201,
  })
  async set(
    @Tenant() tenantId: string,
    @Body({ schema: limitRequestSchema }) { reason, ...rule }: LimitRequest,
  ): Promise<ShownLimit> {
    return shownLimit(await setLimit(this.db, { tenantId, rule, reason, actor }));
  }

  @Route({
    ...changing,
    ...withBody,
    method: 'PUT',
    path: ':id',
    id: 'changeLimit',
    summary:
      'Sets other numbers for the same scope. The answer is a limit with an id of its own; the old one stays on record.',
  })
  async change(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: limitNumbersSchema }) numbers: LimitNumbers,
  ): Promise<ShownLimit> {
    return shownLimit(await changeLimit(this.db, { tenantId, id, ...numbers, actor }));
  }

  @Route({
    ...changing,
    method: 'DELETE',
    path: ':id',
    id: 'removeLimit',
    summary: 'Removes a limit; it stays on record.',
  })
  async remove(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Query({ schema: reasonQuerySchema }) { reason }: ReasonQuery,
  ): Promise<ShownLimit> {
    return shownLimit(await removeLimit(this.db, { tenantId, id, reason, actor }));
  }
}
