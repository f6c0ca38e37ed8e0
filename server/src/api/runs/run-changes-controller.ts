/** What a run planned and did, row by row, and the request to take it back. */
import { Body, Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { listChanges } from '../../store/changes.js';
import { Database } from '../../store/database.js';
import { findRun } from '../../store/runs.js';
import { requestUndo } from '../../sync/request-undo.js';
import { Announcer } from '../announcer.js';
import { apiActor } from '../decision-request.js';
import { idSchema } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  changePageSchema,
  changeQuerySchema,
  undoRequestedSchema,
  undoRequestSchema,
  type ChangeQuery,
  type ShownChangePage,
  type UndoRequest,
  type UndoRequested,
} from './change-shapes.js';

@ApiTags('runs')
@Controller('runs/:id')
export class RunChangesController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Announcer) private readonly announcer: Announcer,
  ) {}

  @Route({
    method: 'GET',
    path: 'changes',
    id: 'listRunChanges',
    summary: 'The plan of a run, row by row, with what became of each.',
    permission: 'runs.read',
    audit: 'access',
    answer: changePageSchema,
  })
  async list(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Query({ schema: changeQuerySchema }) query: ChangeQuery,
  ): Promise<ShownChangePage> {
    return this.db.withTenant(tenantId, async (tx) => {
      await findRun(tx, tenantId, id);
      const { changes, next } = await listChanges(tx, { tenantId, runId: id }, query, query);
      return { items: [...changes] as ShownChangePage['items'], nextAfter: next };
    });
  }

  @Route({
    method: 'POST',
    path: 'undo',
    id: 'undoRun',
    summary: 'Asks for a run that takes this one back, all of it or some rows.',
    permission: 'runs.undo',
    audit: 'change',
    answer: undoRequestedSchema,
    status: 202,
    problems: [409, 413, 415],
    longBody: true,
  })
  async undo(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: undoRequestSchema }) { reason, rows }: UndoRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UndoRequested> {
    const run = await requestUndo(this.db, { tenantId, runId: id, rows: rows ?? null, reason, actor: apiActor });
    await this.announcer.announce(run, reply);
    return { runId: run.runId };
  }
}
