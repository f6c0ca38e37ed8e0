/** Holds: what waits for a person, and the rows that it keeps back. */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '../../store/database.js';
import { findHold, heldRows, listHolds } from '../../store/holds.js';
import { findIntegration } from '../../store/integrations.js';
import { idSchema, offsetPage } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  heldRowPageSchema,
  heldRowQuerySchema,
  holdPageSchema,
  holdQuerySchema,
  holdSchema,
  shownHold,
  type HeldRowPage,
  type HeldRowQuery,
  type HoldPage,
  type HoldQuery,
  type ShownHold,
} from './hold-shapes.js';

const reading = { method: 'GET', permission: 'holds.read', audit: 'none' } as const;

@ApiTags('holds')
@Controller('holds')
export class HoldsController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({ ...reading, path: '', id: 'listHolds', summary: 'Holds, the latest first.', answer: holdPageSchema })
  async list(@Tenant() tenantId: string, @Query({ schema: holdQuerySchema }) query: HoldQuery): Promise<HoldPage> {
    return this.db.withTenant(tenantId, async (tx) => {
      const { integration, limit, ...filter } = query;
      const of = integration ? { integrationId: (await findIntegration(tx, tenantId, integration)).id } : {};
      const { items, nextOffset } = offsetPage(
        await listHolds(tx, tenantId, { ...filter, ...of, limit: limit + 1 }),
        query,
      );
      return { items: items.map(shownHold), nextOffset };
    });
  }

  @Route({ ...reading, path: ':id', id: 'getHold', summary: 'One hold.', answer: holdSchema })
  async find(@Tenant() tenantId: string, @Param({ schema: idSchema }) { id }: { id: string }): Promise<ShownHold> {
    return this.db.withTenant(tenantId, async (tx) => shownHold(await findHold(tx, tenantId, id)));
  }

  @Route({
    ...reading,
    path: ':id/rows',
    id: 'listHeldRows',
    summary: 'The rows of a hold, as the latest run planned them.',
    audit: 'access',
    answer: heldRowPageSchema,
  })
  async rows(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Query({ schema: heldRowQuerySchema }) query: HeldRowQuery,
  ): Promise<HeldRowPage> {
    return this.db.withTenant(tenantId, async (tx) => {
      const hold = await findHold(tx, tenantId, id);
      const rows = await heldRows(tx, { tenantId, ...hold }, { limit: query.limit + 1, offset: query.offset });
      return offsetPage(rows, query) as unknown as HeldRowPage;
    });
  }
}
