/** Whose word counts where several integrations have the same record. */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { highestRank, lowestRank } from '../../store/integrations.js';
import { setRank } from '../../sync/set-rank.js';
import { apiActor as actor, decisionFields } from '../decision-request.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { integrationKeySchema, integrationSchema, shownIntegration } from './integration-shapes.js';

const rankSchema = z
  .strictObject({
    /** The smallest comes first; equal ranks go by the integrations' age. */
    rank: z.int().min(highestRank).max(lowestRank),
    reason: decisionFields.reason,
    /** Says what would follow and changes nothing. */
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'IntegrationRank' });

const rankSetSchema = z
  .object({
    integration: integrationSchema,
    before: z.int(),
    rank: z.int(),
    /** Shared records for which the order of their sources changes: they are compared anew. */
    records: z.int(),
    /** The integrations, by name, whose next syncs read in full for that. */
    readInFull: z.array(z.string()),
    dryRun: z.boolean(),
  })
  .meta({ id: 'IntegrationRankSet' });

@ApiTags('integrations')
@Controller('integrations/:id')
export class IntegrationRankController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'PUT',
    path: 'rank',
    id: 'setIntegrationRank',
    summary: 'Sets whose word counts where several integrations have the same record.',
    permission: 'integrations.change',
    audit: 'change',
    answer: rankSetSchema,
    problems: [409, 413, 415],
  })
  async setRank(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: rankSchema }) wanted: z.output<typeof rankSchema>,
  ): Promise<z.infer<typeof rankSetSchema>> {
    const { integration, ...set } = await setRank(this.db, { tenantId, integration: id, actor, ...wanted });
    return { ...set, integration: shownIntegration(integration), readInFull: [...set.readInFull] };
  }
}
