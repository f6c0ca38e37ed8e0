/** Mappings of an integration: looked up, listed, made, moved and parted one by one or in batches. */
import { Body, Controller, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Fault, type EntityName } from '@rollcall/core';
import { ExternalIdMappingService } from '../../mapping/external-id-mapping-service.js';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import type { LinkScope } from '../../store/mappings/link.js';
import { searchLinks } from '../../store/mappings/look-up.js';
import { apiActor as actor } from '../decision-request.js';
import { integrationKeySchema } from '../integrations/integration-shapes.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { notStale, seenIn } from './if-match.js';
import * as shapes from './mapping-shapes.js';

const reading = { permission: 'mappings.read', audit: 'none' } as const;
const changing = { permission: 'mappings.change', audit: 'change', problems: [409, 412, 413, 415] } as const;
type Key = { id: string };

@ApiTags('mappings')
@Controller('integrations/:id/mappings')
export class MappingsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ExternalIdMappingService) private readonly mappings: ExternalIdMappingService,
  ) {}

  @Route({
    ...reading,
    ...{ method: 'GET', path: '', id: 'searchMappings', answer: shapes.mappingPageSchema },
    summary: 'Mappings of an entity in the order of their external ids, narrowed by their beginning or state.',
  })
  async search(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Query({ schema: shapes.mappingQuerySchema }) { limit, ...filter }: shapes.MappingQuery,
  ): Promise<shapes.MappingPage> {
    const { integrationId } = await this.#scope(tenantId, id, filter.entity);
    const found = await this.db.withTenant(tenantId, (tx) =>
      searchLinks(tx, tenantId, { ...filter, integrationId }, limit + 1),
    );
    const items = found.slice(0, limit).map(shapes.shownMapping);
    return { items, nextAfter: found.length > limit ? items.at(-1)!.externalId : null };
  }

  @Route({
    ...reading,
    ...{ method: 'GET', path: 'one', id: 'getMapping', answer: shapes.mappingSchema },
    summary: 'What an external id stands for, with its ETag.',
  })
  async find(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Query({ schema: shapes.oneKeySchema }) { entity, externalId }: shapes.OneKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<shapes.ShownMapping> {
    const link = await this.mappings.find(await this.#scope(tenantId, id, entity), externalId);
    if (link === null) throw new Fault('not_found', 'There is no such mapping.');
    void reply.header('etag', shapes.etagOf(link));
    return shapes.shownMapping(link);
  }

  @Route({
    ...changing,
    ...{ method: 'PUT', path: 'one', id: 'putMapping', answer: shapes.mappingSchema },
    summary: 'Makes a mapping, or with If-Match gives one that is there another record of ours.',
  })
  async put(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Query({ schema: shapes.oneKeySchema }) { entity, externalId }: shapes.OneKey,
    @Body({ schema: shapes.putMappingSchema }) { localId, reason }: shapes.PutMapping,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<shapes.ShownMapping> {
    const scope = await this.#scope(tenantId, id, entity);
    const by = { actor, reason };
    const link = await notStale(
      ifMatch === undefined
        ? this.mappings.link(scope, externalId, localId, by)
        : this.mappings.relink(scope, externalId, localId, { ...by, seen: seenIn(ifMatch) }),
    );
    void reply.header('etag', shapes.etagOf(link));
    return shapes.shownMapping(link);
  }

  @Route({
    ...changing,
    ...{ method: 'POST', path: 'unlink', id: 'unlinkMapping', answer: shapes.mappingSchema },
    summary:
      "Parts an external id from our record until a person joins them again; syncs leave the source's record alone.",
  })
  async unlink(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Body({ schema: shapes.unlinkSchema }) { entity, externalId, reason }: shapes.Unlink,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<shapes.ShownMapping> {
    const scope = await this.#scope(tenantId, id, entity);
    const change = { actor, reason, seen: seenIn(ifMatch) };
    return shapes.shownMapping(await notStale(this.mappings.unlink(scope, externalId, change)));
  }

  @Route({
    ...changing,
    ...{ method: 'POST', path: 'batch', id: 'makeMappings', answer: shapes.manyMadeSchema, longBody: true },
    summary: 'Makes up to 1,000 mappings in one statement; each has an outcome of its own.',
  })
  async makeMany(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Body({ schema: shapes.manySchema }) { entity, pairs, reason }: shapes.Many,
  ): Promise<shapes.ManyMade> {
    const made = await this.mappings.linkMany(await this.#scope(tenantId, id, entity), pairs, { actor, reason });
    return { items: made.map(({ externalId, localId, outcome }) => ({ externalId, localId, outcome })) };
  }

  @Route({
    ...reading,
    ...{ method: 'POST', path: 'look-up', id: 'lookUpMappings', answer: shapes.lookedUpSchema, longBody: true },
    summary: 'What up to 1,000 external ids stand for.',
    problems: [413, 415],
  })
  async lookUp(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Body({ schema: shapes.lookUpSchema }) { entity, externalIds }: shapes.LookUp,
  ): Promise<shapes.LookedUp> {
    const found = await this.mappings.findMany(await this.#scope(tenantId, id, entity), externalIds);
    const mapping = (externalId: string) => {
      const link = found.get(externalId);
      return link ? shapes.shownMapping(link) : null;
    };
    return { items: externalIds.map((externalId) => ({ externalId, mapping: mapping(externalId) })) };
  }

  @Route({
    ...reading,
    ...{ method: 'POST', path: 'warm', id: 'warmMappings', answer: shapes.warmedSchema, problems: [413, 415] },
    summary: "Reads an entity's mappings into the cache, as many as have room.",
  })
  async warm(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: Key,
    @Body({ schema: shapes.warmSchema }) { entity }: { entity: EntityName },
  ): Promise<{ warmed: number }> {
    return { warmed: await this.mappings.warm(await this.#scope(tenantId, id, entity)) };
  }

  async #scope(tenantId: string, integration: string, entity: EntityName): Promise<LinkScope> {
    const { id } = await this.db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, integration));
    return { tenantId, integrationId: id, entity };
  }
}
