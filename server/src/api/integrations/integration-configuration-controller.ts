/** Changing the settings of an integration. Settings themselves are not shown: they name secrets. */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProviderFactory } from '@rollcall/connectors';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { configureIntegration } from '../../sync/configure-integration.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { integrationKeySchema, integrationSchema, shownIntegration } from './integration-shapes.js';

const changesSchema = z
  .strictObject({
    /** By name; null takes a setting away. Secrets are given as references: `clientSecretRef` with env:NAME or file:NAME. */
    changes: z.record(z.string().max(100), z.unknown()),
    /** Checks, and changes nothing. */
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'IntegrationConfigurationChanges' });

const configuredSchema = z
  .object({
    integration: integrationSchema,
    version: z.int(),
    /** Names of settings. */
    changed: z.array(z.string()),
    /** False where another roster may be read now: the next run is full, and its removals wait for a person. */
    readsTheSame: z.boolean(),
    dryRun: z.boolean(),
  })
  .meta({ id: 'IntegrationConfigured' });

@ApiTags('integrations')
@Controller('integrations/:id/configuration')
export class IntegrationConfigurationController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ProviderFactory) private readonly factory: ProviderFactory,
  ) {}

  @Route({
    method: 'PUT',
    path: '',
    id: 'configureIntegration',
    summary: 'Changes settings: calls and runs that begin from now on take them up, and none is lost.',
    permission: 'integrations.change',
    audit: 'change',
    answer: configuredSchema,
    problems: [413, 415, 422],
  })
  async configure(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: changesSchema }) { changes, dryRun }: z.output<typeof changesSchema>,
  ): Promise<z.infer<typeof configuredSchema>> {
    const wanted = { tenantId, integration: id, changes, dryRun, actor: 'api' };
    const { integration, changed, readsTheSame } = await configureIntegration(this.db, this.factory, wanted);
    const version = integration.configurationVersion;
    return { integration: shownIntegration(integration), version, changed: [...changed], readsTheSame, dryRun };
  }
}
