/** The calendar of seasons, in which limits of their own may hold. */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '../../store/database.js';
import { listCalendar } from '../../store/term-calendar.js';
import { addToCalendar, removeFromCalendar, suggestCalendar } from '../../sync/limits/change-calendar.js';
import { apiActor as actor } from '../decision-request.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  calendarEntrySchema,
  calendarRequestSchema,
  calendarSchema,
  shownEntry,
  suggestionsSchema,
  type CalendarRequest,
  type ShownCalendar,
  type ShownEntry,
  type Suggestions,
} from './calendar-shapes.js';
import { reasonQuerySchema, type ReasonQuery } from './limit-shapes.js';

const reading = { method: 'GET', permission: 'limits.read', audit: 'none' } as const;
const changing = { permission: 'limits.change', audit: 'change', answer: calendarEntrySchema } as const;

@ApiTags('limits')
@Controller('term-calendar')
export class CalendarController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    ...reading,
    path: '',
    id: 'listCalendar',
    summary: 'All seasons, in the order of their days.',
    answer: calendarSchema,
  })
  async list(@Tenant() tenantId: string): Promise<ShownCalendar> {
    return { items: (await this.db.withTenant(tenantId, (tx) => listCalendar(tx, tenantId))).map(shownEntry) };
  }

  @Route({
    ...reading,
    path: 'suggestions',
    id: 'suggestCalendar',
    summary: "Seasons that the roster's own sessions name and the calendar does not have.",
    answer: suggestionsSchema,
  })
  async suggest(@Tenant() tenantId: string): Promise<Suggestions> {
    return { items: await suggestCalendar(this.db, tenantId) };
  }

  @Route({
    ...changing,
    method: 'POST',
    path: '',
    id: 'addToCalendar',
    summary: 'Adds a season.',
    status: 201,
    problems: [404, 413, 415],
  })
  async add(
    @Tenant() tenantId: string,
    @Body({ schema: calendarRequestSchema }) { reason, ...entry }: CalendarRequest,
  ): Promise<ShownEntry> {
    return shownEntry(await addToCalendar(this.db, { tenantId, entry, reason, actor }));
  }

  @Route({ ...changing, method: 'DELETE', path: ':id', id: 'removeFromCalendar', summary: 'Removes a season.' })
  async remove(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Query({ schema: reasonQuerySchema }) { reason }: ReasonQuery,
  ): Promise<ShownEntry> {
    return shownEntry(await removeFromCalendar(this.db, { tenantId, id, reason, actor }));
  }
}
