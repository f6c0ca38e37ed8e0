/** How integrations fare: what is on record, at once and without asking their sources; and a look at one now. */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { readAllHealth, readHealth } from '../../health/read-health.js';
import { readHistory, readUsage } from '../../health/read-history.js';
import { Database } from '../../store/database.js';
import { listAlerts } from '../../store/health-alerts.js';
import { findIntegration } from '../../store/integrations.js';
import { offsetPage } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { CHECK_NOW, type CheckNow } from '../tokens.js';
import * as shapes from './health-shapes.js';
import { integrationKeySchema } from './integration-shapes.js';

const reading = { method: 'GET', permission: 'integrations.read', audit: 'none' } as const;
type Key = { id: string };

@ApiTags('integrations')
@Controller('integrations/:id/health')
export class IntegrationHealthController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(CHECK_NOW) private readonly checkNow: CheckNow,
  ) {}

  @Route({
    ...reading,
    path: '',
    id: 'getIntegrationHealth',
    summary: 'How an integration fares, in words and figures.',
    answer: shapes.integrationHealthSchema,
  })
  async health(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
  ): Promise<shapes.ShownHealth> {
    return shapes.shownHealth(await this.db.withTenant(tenantId, (tx) => readHealth(tx, tenantId, id, new Date())));
  }

  @Route({
    ...reading,
    path: 'history',
    id: 'getIntegrationHealthHistory',
    summary: 'Availability, latency and errors of its source, span by span, and how errors develop.',
    answer: shapes.historySchema,
  })
  async history(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Query({ schema: shapes.spansQuerySchema }) query: shapes.SpansQuery,
  ): Promise<z.infer<typeof shapes.historySchema>> {
    const wanted = { tenantId, integration: id, ...query, now: new Date() };
    return shapes.shownHistory(await this.db.withTenant(tenantId, (tx) => readHistory(tx, wanted)));
  }

  @Route({
    ...reading,
    path: 'usage',
    id: 'getIntegrationUsage',
    summary: 'Calls to its source by endpoint, the most used one first.',
    answer: shapes.usageSchema,
  })
  async usage(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Query({ schema: shapes.spansQuerySchema }) query: shapes.SpansQuery,
  ): Promise<z.infer<typeof shapes.usageSchema>> {
    const wanted = { tenantId, integration: id, ...query, now: new Date() };
    return shapes.shownUsage(await this.db.withTenant(tenantId, (tx) => readUsage(tx, wanted)));
  }

  @Route({
    ...reading,
    path: 'alerts',
    id: 'listIntegrationHealthAlerts',
    summary: 'Where its source deviated from what is usual, the latest first.',
    answer: shapes.alertPageSchema,
  })
  async alerts(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Query({ schema: shapes.alertsQuerySchema }) { open, ...range }: z.output<typeof shapes.alertsQuerySchema>,
  ) {
    const found = await this.db.withTenant(tenantId, async (tx) => {
      const { id: integrationId } = await findIntegration(tx, tenantId, id);
      const only = open === undefined ? {} : { open: open === 'true' };
      return listAlerts(tx, { tenantId, integrationId }, { ...range, ...only });
    });
    return offsetPage(found.map(shapes.shownAlert), range);
  }

  @Route({
    method: 'POST',
    path: 'check',
    id: 'checkIntegration',
    summary: 'Looks at its source now: a sign-in and one record, by the settings that hold now.',
    permission: 'integrations.check',
    audit: 'none',
    answer: shapes.checkedSchema,
    problems: [413, 415],
  })
  async check(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Body({ schema: shapes.checkRequestSchema }) _nothing: z.output<typeof shapes.checkRequestSchema>,
  ): Promise<z.infer<typeof shapes.checkedSchema>> {
    const { status, checkedAt, durationMs, reason, score, reasons } = await this.checkNow({
      tenantId,
      integration: id,
    });
    return { status, checkedAt: checkedAt.toISOString(), durationMs, reason, score, reasons: [...reasons] };
  }
}

@ApiTags('health')
@Controller('health/integrations')
export class IntegrationsHealthController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    ...reading,
    path: '',
    id: 'listIntegrationHealth',
    summary: 'How all integrations of the tenant fare.',
    answer: shapes.healthListSchema,
  })
  async list(@Tenant() tenantId: string): Promise<z.infer<typeof shapes.healthListSchema>> {
    const all = await this.db.withTenant(tenantId, (tx) => readAllHealth(tx, tenantId, new Date()));
    return { items: all.map(shapes.shownHealth) };
  }

  @Route({
    ...reading,
    path: 'usage',
    id: 'getUsageOfSources',
    summary: 'Calls of the tenant to all its sources by endpoint, the most used one first.',
    answer: shapes.usageSchema,
  })
  async usage(
    @Tenant() tenantId: string,
    @Query({ schema: shapes.spansQuerySchema }) query: shapes.SpansQuery,
  ): Promise<z.infer<typeof shapes.usageSchema>> {
    const wanted = { tenantId, integration: null, ...query, now: new Date() };
    return shapes.shownUsage(await this.db.withTenant(tenantId, (tx) => readUsage(tx, wanted)));
  }
}
