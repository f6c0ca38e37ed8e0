/** The external ids of our records, in all systems at once, and merges of two records of ours. */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ExternalIdMappingService } from '../../mapping/external-id-mapping-service.js';
import { Database } from '../../store/database.js';
import type { Link } from '../../store/mappings/link.js';
import { mergesOf } from '../../store/mappings/merges.js';
import { apiActor as actor } from '../decision-request.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import * as shapes from './mapping-shapes.js';
import * as merges from './merge-shapes.js';

const reading = { permission: 'mappings.read', audit: 'none' } as const;
const merging = { method: 'POST', permission: 'mappings.change', audit: 'change', problems: [409, 413, 415] } as const;

@ApiTags('mappings')
@Controller('mappings')
export class RecordMappingsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ExternalIdMappingService) private readonly mappings: ExternalIdMappingService,
  ) {}

  @Route({
    ...reading,
    ...{ method: 'GET', path: 'of', id: 'getRecordMappings', answer: shapes.recordMappingsSchema },
    summary: 'The external ids of one of our records, in all systems.',
  })
  async find(
    @Tenant() tenantId: string,
    @Query({ schema: shapes.recordKeySchema }) { entity, localId }: shapes.RecordKey,
  ): Promise<shapes.RecordMappings> {
    const found = await this.mappings.findByLocalIds({ tenantId, entity }, [localId]);
    return shown(localId, found);
  }

  @Route({
    ...reading,
    ...{ method: 'POST', path: 'look-up', id: 'lookUpRecords', answer: shapes.recordsLookedUpSchema, longBody: true },
    summary: 'The external ids of up to 1,000 of our records, in all systems.',
    problems: [413, 415],
  })
  async lookUp(
    @Tenant() tenantId: string,
    @Body({ schema: shapes.lookUpRecordsSchema }) { entity, localIds }: shapes.LookUpRecords,
  ): Promise<shapes.RecordsLookedUp> {
    const found = await this.mappings.findByLocalIds({ tenantId, entity }, localIds);
    return { items: localIds.map((localId) => shown(localId, found)) };
  }

  @Route({
    ...reading,
    ...{ method: 'GET', path: 'merges', id: 'listMerges', answer: merges.mergePageSchema },
    summary: 'Merges in force that one of our records has a part in.',
  })
  async listMerges(
    @Tenant() tenantId: string,
    @Query({ schema: shapes.recordKeySchema }) { entity, localId }: shapes.RecordKey,
  ): Promise<merges.MergePage> {
    const found = await this.db.withTenant(tenantId, (tx) => mergesOf(tx, tenantId, entity, [localId]));
    return { items: found.map(merges.shownMerge) };
  }

  @Route({
    ...merging,
    ...{ path: 'merges', id: 'mergeRecords', answer: merges.mergedSchema },
    summary: 'Makes one record of ours of two: links and references of the loser lead to the winner.',
  })
  async merge(
    @Tenant() tenantId: string,
    @Body({ schema: merges.mergeRequestSchema }) { reason, ...pair }: merges.MergeRequest,
  ): Promise<merges.Merged> {
    return this.mappings.merge({ tenantId, ...pair }, { actor, reason });
  }

  @Route({
    ...merging,
    ...{ path: 'merges/:id/undo', id: 'undoMerge', answer: merges.unmergedSchema },
    summary: 'Takes a merge back, as long as nobody has moved its links since.',
  })
  async unmerge(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: merges.undoRequestSchema }) { reason }: { reason: string },
  ): Promise<merges.Unmerged> {
    return this.mappings.unmerge({ tenantId, mergeId: id }, { actor, reason });
  }
}

const shown = (localId: string, found: ReadonlyMap<string, readonly Link[]>): shapes.RecordMappings => ({
  localId,
  mappings: (found.get(localId.toLowerCase()) ?? []).map(shapes.shownMapping),
});
