/** Integrations: which there are. */
import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '../../store/database.js';
import { listIntegrations } from '../../store/integrations.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { integrationListSchema, shownIntegration, type IntegrationList } from './integration-shapes.js';

const reading = { method: 'GET', permission: 'integrations.read', audit: 'none' } as const;

@ApiTags('integrations')
@Controller('integrations')
export class IntegrationsController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({ ...reading, path: '', id: 'listIntegrations', summary: 'All integrations.', answer: integrationListSchema })
  async list(@Tenant() tenantId: string): Promise<IntegrationList> {
    const found = await this.db.withTenant(tenantId, (tx) => listIntegrations(tx, tenantId));
    return { items: found.map(shownIntegration) };
  }
}
