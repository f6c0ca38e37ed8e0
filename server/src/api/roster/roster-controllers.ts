/** The six entities of the roster, each with its list and its single records: one controller for each row of core's table. */
import { Controller, Inject, Param, Query, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { entities, type Entity } from '@rollcall/core';
import { Roster, type RosterRecordRow } from '../../store/roster.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { rosterShapes, type RosterQuery } from './roster-shapes.js';

export const rosterControllers: readonly Type[] = entities.map(rosterController);

function rosterController(entity: Entity): Type {
  const shapes = rosterShapes(entity);
  const plural = entity.name[0]!.toUpperCase() + entity.name.slice(1);
  const single = (entity.schema.meta() as { id: string }).id;
  const reading = { method: 'GET', permission: 'roster.read', audit: 'access' } as const;

  @ApiTags('roster')
  @Controller(entity.name)
  class EntityController {
    constructor(@Inject(Roster) private readonly roster: Roster) {}

    @Route({ ...reading, path: '', id: `list${plural}`, summary: `${plural} of the roster.`, answer: shapes.page })
    async list(@Tenant() tenantId: string, @Query({ schema: shapes.query }) query: RosterQuery): Promise<object> {
      const { limit, after, ...filter } = query;
      const page = await this.roster.page(tenantId, entity.name, filter, { limit, ...(after && { after }) });
      return { items: page.records.map(shown), nextAfter: page.next };
    }

    @Route({
      ...reading,
      path: ':id',
      id: `get${single}`,
      summary: `One ${single} of the roster.`,
      answer: shapes.record,
    })
    async find(@Tenant() tenantId: string, @Param({ schema: idSchema }) { id }: { id: string }): Promise<object> {
      return shown(await this.roster.find(tenantId, entity.name, id));
    }
  }
  // Nest tells controllers apart by their class, and people by its name in start-up errors.
  Object.defineProperty(EntityController, 'name', { value: `${plural}Controller` });
  return EntityController;
}

const shown = (row: RosterRecordRow): object => ({
  ...row,
  updatedAt: row.updatedAt.toISOString(),
  ...(row.lastSyncAt === undefined ? {} : { lastSyncAt: row.lastSyncAt?.toISOString() ?? null }),
});
