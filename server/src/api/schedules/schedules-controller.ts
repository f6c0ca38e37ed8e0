/** Schedules: when runs of an integration are asked for without anybody asking. */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { addSchedule, changeSchedule, removeSchedule } from '../../jobs/schedules/change-schedules.js';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { findSchedule, listSchedules, type ScheduleTerms } from '../../store/schedules.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  scheduleListSchema,
  scheduleQuerySchema,
  scheduleRequestSchema,
  scheduleSchema,
  scheduleTermsSchema,
  shownSchedule,
  type ScheduleList,
  type ScheduleQuery,
  type ScheduleRequest,
  type ShownSchedule,
} from './schedule-shapes.js';

const reading = { method: 'GET', permission: 'schedules.read', audit: 'none' } as const;
const changing = { permission: 'schedules.change', audit: 'change', answer: scheduleSchema } as const;
const withBody = { problems: [404, 413, 415] };
/** Until there is sign-in nobody is known here. */
const actor = 'local';

@ApiTags('schedules')
@Controller('schedules')
export class SchedulesController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({ ...reading, path: '', id: 'listSchedules', summary: 'All schedules.', answer: scheduleListSchema })
  async list(
    @Tenant() tenantId: string,
    @Query({ schema: scheduleQuerySchema }) { integration }: ScheduleQuery,
  ): Promise<ScheduleList> {
    return this.db.withTenant(tenantId, async (tx) => {
      const of = integration ? (await findIntegration(tx, tenantId, integration)).id : undefined;
      return { items: (await listSchedules(tx, tenantId, of)).map(shownSchedule) };
    });
  }

  @Route({ ...reading, path: ':id', id: 'getSchedule', summary: 'One schedule.', answer: scheduleSchema })
  async find(@Tenant() tenantId: string, @Param({ schema: idSchema }) { id }: { id: string }): Promise<ShownSchedule> {
    return shownSchedule(await this.db.withTenant(tenantId, (tx) => findSchedule(tx, { tenantId, id })));
  }

  @Route({
    ...{ ...changing, ...withBody },
    method: 'POST',
    path: '',
    id: 'addSchedule',
    summary: 'Adds a schedule.',
    status: 201,
  })
  async add(
    @Tenant() tenantId: string,
    @Body({ schema: scheduleRequestSchema }) wanted: ScheduleRequest,
  ): Promise<ShownSchedule> {
    const { integration, ...terms } = wanted;
    return shownSchedule(await addSchedule(this.db, { tenantId, actor, integration, terms }, new Date()));
  }

  @Route({
    ...{ ...changing, ...withBody },
    method: 'PUT',
    path: ':id',
    id: 'changeSchedule',
    summary: 'Gives a schedule other terms; what is left out takes its default.',
  })
  async change(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: scheduleTermsSchema }) terms: ScheduleTerms,
  ): Promise<ShownSchedule> {
    return shownSchedule(await changeSchedule(this.db, { tenantId, actor, id, terms }, new Date()));
  }

  @Route({ ...changing, method: 'DELETE', path: ':id', id: 'removeSchedule', summary: 'Removes a schedule.' })
  async remove(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
  ): Promise<ShownSchedule> {
    return shownSchedule(await removeSchedule(this.db, { tenantId, actor, id }));
  }
}
