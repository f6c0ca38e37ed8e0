/** Who says what: of one record with all values, and of an integration's links by the names of fields alone. */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { whoSaysWhat } from '../../mapping/who-says-what.js';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { differingLinks } from '../../store/mappings/sources.js';
import { integrationKeySchema } from '../integrations/integration-shapes.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { recordKeySchema, type RecordKey } from './mapping-shapes.js';
import * as shapes from './source-shapes.js';

@ApiTags('mappings')
@Controller()
export class SourcesController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    ...{ method: 'GET', path: 'mappings/sources', id: 'getRecordSources', answer: shapes.recordSourcesSchema },
    ...{ permission: 'roster.read', audit: 'access' },
    summary: 'The sources of one of our records by rank, whose word counts for each field, and what others say.',
  })
  async find(
    @Tenant() tenantId: string,
    @Query({ schema: recordKeySchema }) { entity, localId }: RecordKey,
  ): Promise<shapes.ShownSources> {
    return shapes.shownSources(await whoSaysWhat(this.db, { tenantId, entity }, localId));
  }

  @Route({
    ...{ method: 'GET', path: 'integrations/:id/mappings/differing', id: 'listDifferingMappings' },
    ...{ permission: 'mappings.read', audit: 'none', answer: shapes.differingPageSchema },
    summary: 'Mappings whose source says otherwise than the hub, with the names of the fields and no values.',
  })
  async differing(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Query({ schema: shapes.differingQuerySchema }) { limit, ...filter }: shapes.DifferingQuery,
  ): Promise<shapes.DifferingPage> {
    const found = await this.db.withTenant(tenantId, async (tx) => {
      const { id: integrationId } = await findIntegration(tx, tenantId, id);
      return differingLinks(tx, { tenantId, integrationId, ...filter }, limit + 1);
    });
    const items = found.slice(0, limit).map((link) => ({ ...link, fields: [...link.fields] }));
    return { items, nextAfter: found.length > limit ? items.at(-1)!.externalId : null };
  }
}
