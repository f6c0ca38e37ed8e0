/** Imports and exports of mappings, streamed through in bounded memory, whatever their length. */
import { Readable } from 'node:stream';
import { Controller, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ExternalIdMappingService } from '../../mapping/external-id-mapping-service.js';
import { exportMappings } from '../../mapping/transfer/export-mappings.js';
import { importMappings } from '../../mapping/transfer/import-mappings.js';
import { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import type { ImportedRow } from '../../store/mappings/import-stage.js';
import { apiActor as actor } from '../decision-request.js';
import { integrationKeySchema } from '../integrations/integration-shapes.js';
import { RequestRefused } from '../problem.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  exportQuerySchema,
  importedSchema,
  importQuerySchema,
  type ExportQuery,
  type Imported,
  type ImportQuery,
} from './transfer-shapes.js';

const mostItems = 10_000;

@ApiTags('mappings')
@Controller('integrations/:id/mappings')
export class MappingTransferController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ExternalIdMappingService) private readonly mappings: ExternalIdMappingService,
  ) {}

  @Route({
    ...{ method: 'POST', path: 'import', id: 'importMappings', permission: 'mappings.change', audit: 'change' },
    summary:
      'Imports mappings from text/csv or application/x-ndjson; all that was asked for is there afterwards, or nothing.',
    answer: importedSchema,
    problems: [409, 415],
    streamedBody: 'rows',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson')
  @ApiBody({ schema: { type: 'string' }, description: 'Rows with entity, externalId, localId and, if wanted, state.' })
  async take(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Query({ schema: importQuerySchema }) { reason, ...query }: ImportQuery,
    @Req() request: FastifyRequest,
  ): Promise<Imported> {
    if (!(request.body instanceof Readable))
      throw new RequestRefused(
        415,
        'bad_request',
        'An import is text/csv or application/x-ndjson.',
        'Send it as one of them.',
      );
    const integrationId = await this.#idOf(tenantId, id);
    const format = /^text\/csv/i.test(request.headers['content-type'] ?? '') ? 'csv' : 'jsonl';
    const items: ImportedRow[] = [];
    let itemsLeftOut = 0;
    const told = (rows: readonly ImportedRow[]) => {
      const taken = rows.slice(0, mostItems - items.length);
      items.push(...taken);
      itemsLeftOut += rows.length - taken.length;
    };
    const wish = { tenantId, integrationId, format, ...query } as const;
    const result = await importMappings(this.db, wish, request.body, { actor, reason }, told);
    this.mappings.expire(tenantId);
    return { ...result, outcomes: { ...result.outcomes }, items, itemsLeftOut };
  }

  @Route({
    ...{ method: 'GET', path: 'export', id: 'exportMappings', permission: 'mappings.read', audit: 'none' },
    summary: 'All mappings of the integration as CSV or JSON lines; what went out can be imported again.',
    answer: null,
  })
  async give(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Query({ schema: exportQuerySchema }) query: ExportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const integrationId = await this.#idOf(tenantId, id);
    const type = query.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8';
    const text = Readable.from(exportMappings(this.db, { tenantId, integrationId, ...query }));
    await reply.type(type).header('content-disposition', `attachment; filename="mappings.${query.format}"`).send(text);
  }

  async #idOf(tenantId: string, integration: string): Promise<string> {
    return (await this.db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, integration))).id;
  }
}
