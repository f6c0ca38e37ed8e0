/** Decisions of holds: approving starts a run, declining takes effect at once, and both stay on record. */
import { Body, Controller, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../store/database.js';
import { listDecisions } from '../../store/hold-decisions.js';
import { findHold } from '../../store/holds.js';
import { approveHold, declineHold } from '../../sync/decide-hold.js';
import { Announcer } from '../announcer.js';
import { apiActor } from '../decision-request.js';
import { idSchema, offsetPage } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  decisionPageSchema,
  decisionQuerySchema,
  holdApprovalRequestSchema,
  holdApprovedSchema,
  holdDecisionRequestSchema,
  holdDeclinedSchema,
  shownDecision,
  type DecisionPage,
  type DecisionQuery,
  type HoldApprovalRequest,
  type HoldApproved,
  type HoldDecisionRequest,
  type HoldDeclined,
} from './decision-shapes.js';

const deciding = {
  method: 'POST',
  permission: 'holds.decide',
  audit: 'change',
  problems: [409, 413, 415],
  longBody: true,
} as const;

@ApiTags('holds')
@Controller('holds/:id')
export class HoldDecisionsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Announcer) private readonly announcer: Announcer,
  ) {}

  @Route({
    ...deciding,
    path: 'approve',
    id: 'approveHold',
    summary: 'Asks for a run that applies what the hold keeps back, all of it or some rows.',
    answer: holdApprovedSchema,
    status: 202,
  })
  async approve(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: holdApprovalRequestSchema }) wanted: HoldApprovalRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldApproved> {
    const run = await approveHold(this.db, {
      ...decision(tenantId, id, wanted),
      answers: { links: wanted.links ?? {}, asNew: wanted.asNew ?? false },
    });
    await this.announcer.announce(run, reply);
    return { runId: run.runId };
  }

  @Route({
    ...deciding,
    path: 'decline',
    id: 'declineHold',
    summary: 'Leaves the hub as it is, for all rows of the hold or some, while the source goes on as it does.',
    answer: holdDeclinedSchema,
  })
  async decline(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Body({ schema: holdDecisionRequestSchema }) wanted: HoldDecisionRequest,
  ): Promise<HoldDeclined> {
    return declineHold(this.db, decision(tenantId, id, wanted));
  }

  @Route({
    method: 'GET',
    path: 'decisions',
    id: 'listHoldDecisions',
    summary: 'What was decided of the hold, the latest first.',
    permission: 'holds.read',
    audit: 'none',
    answer: decisionPageSchema,
  })
  async decisions(
    @Tenant() tenantId: string,
    @Param({ schema: idSchema }) { id }: { id: string },
    @Query({ schema: decisionQuerySchema }) query: DecisionQuery,
  ): Promise<DecisionPage> {
    return this.db.withTenant(tenantId, async (tx) => {
      await findHold(tx, tenantId, id);
      const made = await listDecisions(tx, { tenantId, id }, { limit: query.limit + 1, offset: query.offset });
      const { items, nextOffset } = offsetPage(made, query);
      return { items: items.map(shownDecision), nextOffset };
    });
  }
}

const decision = (tenantId: string, holdId: string, { digest, reason, rows }: HoldDecisionRequest) => ({
  tenantId,
  holdId,
  digest,
  reason,
  rows: rows ?? null,
  actor: apiActor,
});
