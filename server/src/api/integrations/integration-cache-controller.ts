/** The answers of an integration's source that processes keep: how much they hold and how well it serves, and clearing them. */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { cachesOf } from '../../store/source-caches.js';
import { clearCache } from '../../sync/clear-cache.js';
import { instant } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { integrationKeySchema } from './integration-shapes.js';

const counts = { entries: z.int(), bytes: z.int(), hits: z.int(), revalidated: z.int(), stale: z.int() };
const cachesSchema = z
  .object({
    /** One for each process that has asked this source lately. Counts are since it began. */
    items: z.array(z.object({ process: z.string(), ...counts, misses: z.int(), evicted: z.int(), seenAt: instant })),
  })
  .meta({ id: 'IntegrationCaches' });

const clearSchema = z
  .strictObject({
    /** The first word of an endpoint's name, for example orgs; left out for all. */
    endpoint: z
      .string()
      .regex(/^[a-z][A-Za-z]{0,63}$/)
      .optional(),
  })
  .meta({ id: 'IntegrationCacheClear' });

const orderedSchema = z.object({ ordered: z.literal(true) }).meta({ id: 'IntegrationCacheCleared' });

@ApiTags('integrations')
@Controller('integrations/:id/cache')
export class IntegrationCacheController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'GET',
    path: '',
    id: 'getIntegrationCaches',
    summary: 'What processes keep of its answers, and how well it serves.',
    permission: 'integrations.read',
    audit: 'none',
    answer: cachesSchema,
  })
  async caches(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
  ): Promise<z.infer<typeof cachesSchema>> {
    const found = await this.db.withTenant(tenantId, async (tx) => {
      const { id: integrationId } = await findIntegration(tx, tenantId, id);
      return cachesOf(tx, { tenantId, integrationId });
    });
    return { items: found.map(({ seenAt, ...cache }) => ({ ...cache, seenAt: seenAt.toISOString() })) };
  }

  @Route({
    method: 'POST',
    path: 'clear',
    id: 'clearIntegrationCaches',
    summary: 'Orders all processes to forget its answers; they do within seconds.',
    permission: 'integrations.change',
    audit: 'change',
    answer: orderedSchema,
    status: 202,
    problems: [413, 415],
  })
  async clear(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: clearSchema }) { endpoint }: z.output<typeof clearSchema>,
  ): Promise<z.infer<typeof orderedSchema>> {
    await clearCache(this.db, { tenantId, integration: id, endpoint: endpoint ?? null, actor: 'api' });
    return { ordered: true };
  }
}
