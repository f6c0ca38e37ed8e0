/** How an integration is read: its strategy, and single records that are to be looked at now. */
import { Body, Controller, Inject, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { entityNames, strategies, type EntityName } from '@rollcall/core';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { mostMarks } from '../../sync/mark-dirty.js';
import { requestRecords } from '../../sync/request-records.js';
import { setStrategy } from '../../sync/set-strategy.js';
import { Announcer } from '../announcer.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { integrationKeySchema, integrationSchema, shownIntegration } from './integration-shapes.js';
import type { ShownIntegration } from './integration-shapes.js';

const marksSchema = z
  .strictObject({
    /** In any order; one that is named twice is read once. */
    records: z
      .array(
        z.strictObject({
          entity: z.enum(entityNames as [EntityName, ...EntityName[]]),
          /** The source's own id. */
          externalId: z.string().min(1).max(1024),
        }),
      )
      .min(1)
      .max(mostMarks),
  })
  .meta({ id: 'RecordMarks' });

const markedSchema = z
  .object({
    /** Different records. */
    marked: z.int(),
    runId: z.uuid(),
    /** False when a run was under way: it reads them before it has planned, or one that follows it does. */
    created: z.boolean(),
  })
  .meta({ id: 'RecordsMarked' });

const strategySchema = z
  .strictObject({
    strategy: z.enum(strategies),
    /** From one hour to 30 days; null for the usual time, left out for what it was. */
    fullEverySeconds: z.int().min(3600).max(2_592_000).nullable().optional(),
  })
  .meta({ id: 'IntegrationStrategy' });

@ApiTags('integrations')
@Controller('integrations/:id')
export class IntegrationReadingController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Announcer) private readonly announcer: Announcer,
  ) {}

  @Route({
    method: 'POST',
    path: 'dirty',
    id: 'markRecords',
    summary:
      'Says that records have changed at their source: each is read by its id, and the run that does it is named.',
    permission: 'runs.request',
    audit: 'change',
    answer: markedSchema,
    status: 202,
    problems: [409, 413, 415],
    longBody: true,
  })
  async mark(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: marksSchema }) { records }: z.output<typeof marksSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof markedSchema>> {
    const wanted = { tenantId, integration: id, records, trigger: 'api', actor: 'local' } as const;
    const { marked, run } = await requestRecords(this.db, wanted);
    const { runId, created } = run!;
    await this.announcer.announce({ tenantId, runId }, reply);
    return { marked, runId, created };
  }

  @Route({
    method: 'PUT',
    path: 'strategy',
    id: 'setIntegrationStrategy',
    summary: 'Sets how an integration is read when nobody says otherwise.',
    permission: 'integrations.change',
    audit: 'change',
    answer: integrationSchema,
    problems: [413, 415],
  })
  async setStrategy(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: strategySchema }) terms: z.output<typeof strategySchema>,
  ): Promise<ShownIntegration> {
    return shownIntegration(await setStrategy(this.db, { tenantId, integration: id, actor: 'local', ...terms }));
  }
}
