/** Integrations: which there are, and how one fares by our records and by its provider's own word. */
import { Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IntegrationRegistry } from '@rollcall/connectors';
import { Database } from '../../store/database.js';
import { findIntegration, listIntegrations } from '../../store/integrations.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  integrationHealthSchema,
  integrationKeySchema,
  integrationListSchema,
  shownIntegration,
  type IntegrationHealth,
  type IntegrationList,
} from './integration-shapes.js';

const reading = { method: 'GET', permission: 'integrations.read', audit: 'none' } as const;

@ApiTags('integrations')
@Controller('integrations')
export class IntegrationsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(IntegrationRegistry) private readonly registry: IntegrationRegistry,
  ) {}

  @Route({ ...reading, path: '', id: 'listIntegrations', summary: 'All integrations.', answer: integrationListSchema })
  async list(@Tenant() tenantId: string): Promise<IntegrationList> {
    const found = await this.db.withTenant(tenantId, (tx) => listIntegrations(tx, tenantId));
    return { items: found.map(shownIntegration) };
  }

  @Route({
    ...reading,
    path: ':id/health',
    id: 'getIntegrationHealth',
    summary: 'How an integration fares.',
    answer: integrationHealthSchema,
  })
  async health(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
  ): Promise<IntegrationHealth> {
    const integration = await this.db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, id));
    const provider = this.registry.has(integration.id) ? await this.registry.health(integration.id) : null;
    return { integration: shownIntegration(integration), provider };
  }
}
