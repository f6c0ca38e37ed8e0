/** Pausing an integration and letting it go on: while it is paused no run of it starts, and one under way rests. */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Log } from '@rollcall/connectors';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { pauseIntegration, resumeIntegration } from '../../sync/pause-integration.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { LOG, RING_BELL, type RingBell } from '../tokens.js';
import { integrationKeySchema, integrationSchema, shownIntegration } from './integration-shapes.js';

const pauseRequestSchema = z
  .strictObject({ reason: z.string().trim().min(1).max(1000) })
  .meta({ id: 'IntegrationPauseRequest' });

const resumeRequestSchema = z.strictObject({}).meta({ id: 'IntegrationResumeRequest' });

const pausedSchema = z
  .object({
    integration: integrationSchema,
    /** The run that was under way and rests until the integration is resumed. */
    runId: z.uuid().nullable(),
  })
  .meta({ id: 'IntegrationPaused' });

const resumedSchema = z
  .object({ integration: integrationSchema, /** The runs that go on. */ runIds: z.array(z.uuid()) })
  .meta({ id: 'IntegrationResumed' });

const pausing = {
  method: 'POST',
  permission: 'integrations.pause',
  audit: 'change',
  problems: [409, 413, 415],
} as const;

@ApiTags('integrations')
@Controller('integrations/:id')
export class IntegrationPausesController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(RING_BELL) private readonly ringBell: RingBell,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Route({ ...pausing, path: 'pause', id: 'pauseIntegration', summary: 'Pauses an integration.', answer: pausedSchema })
  async pause(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: pauseRequestSchema }) { reason }: z.output<typeof pauseRequestSchema>,
  ): Promise<z.infer<typeof pausedSchema>> {
    const wanted = { tenantId, integration: id, actor: 'local', reason };
    const { integration, runId } = await pauseIntegration(this.db, wanted);
    return { integration: shownIntegration(integration), runId };
  }

  @Route({
    ...pausing,
    path: 'resume',
    id: 'resumeIntegration',
    summary: 'Lets a paused integration go on.',
    answer: resumedSchema,
  })
  async resume(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: resumeRequestSchema }) _nothing: z.output<typeof resumeRequestSchema>,
  ): Promise<z.infer<typeof resumedSchema>> {
    const { integration, runIds } = await resumeIntegration(this.db, { tenantId, integration: id, actor: 'local' });
    for (const runId of runIds)
      await this.ringBell({ tenantId, runId }).catch((error: Error) =>
        this.log.warn('bell.unheard', { run: runId, errorName: error.name }),
      );
    return { integration: shownIntegration(integration), runIds: [...runIds] };
  }
}
