/** Whether the mappings of a tenant hold together, and mending them where they do not. */
import { Body, Controller, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { entityNames, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import { checkMappings, type MappingCheck } from '../../mapping/check-mappings.js';
import { ExternalIdMappingService } from '../../mapping/external-id-mapping-service.js';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { findingKinds } from '../../store/mappings/integrity.js';
import { linkStates } from '../../store/mappings/link.js';
import { apiActor as actor, decisionFields } from '../decision-request.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';

/** The integration's name or id; without it, all. */
const integration = z.string().min(1).max(200).optional();
const entity = z.enum(entityNames as [EntityName, ...EntityName[]]);
const kind = z.enum(findingKinds);
const checkQuerySchema = z.strictObject({ integration });
const repairSchema = z.strictObject({ integration, reason: decisionFields.reason }).meta({ id: 'MappingRepair' });
const findingSchema = z.object({
  ...{ kind, integrationId: z.uuid(), entity, externalId: z.string(), localId: z.uuid(), state: z.enum(linkStates) },
  /** The state that a repair gives it. */
  mended: z.enum(linkStates),
});
const checkSchema = z
  .object({
    faults: z.int(),
    counts: z.array(z.object({ kind, entity, count: z.int() })),
    /** The first of them. */
    items: z.array(findingSchema),
    mended: z.int(),
  })
  .meta({ id: 'MappingCheck' });
type Shown = z.infer<typeof checkSchema>;

@ApiTags('mappings')
@Controller('mappings')
export class MappingChecksController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ExternalIdMappingService) private readonly mappings: ExternalIdMappingService,
  ) {}

  @Route({
    ...{ method: 'GET', path: 'check', id: 'checkMappings', permission: 'mappings.read', audit: 'none' },
    summary: 'Orphans, dangling mappings, doubles, and states that the records contradict.',
    answer: checkSchema,
  })
  async check(
    @Tenant() tenantId: string,
    @Query({ schema: checkQuerySchema }) { integration: named }: z.output<typeof checkQuerySchema>,
  ): Promise<Shown> {
    return shown(await checkMappings(this.db, { tenantId, integrationId: await this.#idOf(tenantId, named) }, null));
  }

  @Route({
    ...{ method: 'POST', path: 'repair', id: 'repairMappings', permission: 'mappings.change', audit: 'change' },
    summary: 'The same, and mends what it finds.',
    answer: checkSchema,
    problems: [409, 413, 415],
  })
  async repair(
    @Tenant() tenantId: string,
    @Body({ schema: repairSchema }) { integration: named, reason }: z.output<typeof repairSchema>,
  ): Promise<Shown> {
    const of = { tenantId, integrationId: await this.#idOf(tenantId, named) };
    const done = await checkMappings(this.db, of, { actor, reason });
    this.mappings.expire(tenantId);
    return shown(done);
  }

  async #idOf(tenantId: string, named: string | undefined): Promise<string | null> {
    if (named === undefined) return null;
    return (await this.db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, named))).id;
  }
}

const shown = ({ counts, items, ...check }: MappingCheck): Shown => ({
  ...check,
  counts: [...counts],
  items: [...items],
});
