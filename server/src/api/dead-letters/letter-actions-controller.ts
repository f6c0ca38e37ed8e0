/** What a person does about dead letters: try again, correct and try again, take the correction back, or let it be. */
import { Body, Controller, Inject, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../store/database.js';
import { discardLetter } from '../../sync/letters/discard-letter.js';
import { editAndReplay, revertEdit } from '../../sync/letters/edit-and-replay.js';
import { requestReplay } from '../../sync/letters/request-replay.js';
import { Announcer } from '../announcer.js';
import { apiActor as actor } from '../decision-request.js';
import { integrationKeySchema } from '../integrations/integration-shapes.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  editRequestSchema,
  letterKeySchema,
  letterSchema,
  reasonRequestSchema,
  replayRequestedSchema,
  replayRequestSchema,
  revertedSchema,
  shownLetter,
  shownReplay,
  type EditRequest,
  type LetterKey,
  type ReasonRequest,
  type ReplayRequest,
  type ReplayRequested,
  type Reverted,
  type ShownLetter,
} from './letter-shapes.js';

const acting = { method: 'POST', permission: 'letters.settle', audit: 'change', problems: [409, 413, 415] } as const;
const running = { ...acting, answer: replayRequestedSchema, status: 202 } as const;

@ApiTags('dead letters')
@Controller('integrations/:id/dead-letters')
export class LetterActionsController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Announcer) private readonly announcer: Announcer,
  ) {}

  @Route({
    ...running,
    path: 'replay',
    id: 'replayDeadLetters',
    summary: 'Asks for a run that tries letters again: those that are named, of a fingerprint, or all open ones.',
    longBody: true,
  })
  async replay(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: replayRequestSchema }) { letters, fingerprint, reason }: ReplayRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayRequested> {
    const which = letters ? { ids: letters } : fingerprint ? { fingerprint } : ({ all: true } as const);
    const run = await requestReplay(this.db, { tenantId, integration: id, which, reason, actor });
    await this.announcer.announce(run, reply);
    return shownReplay(run);
  }

  @Route({
    ...running,
    path: ':letterId/edit',
    id: 'editDeadLetter',
    summary: 'Gives fields of the record these values until the source changes its own, and tries it again.',
  })
  async edit(
    @Tenant() tenantId: string,
    @Param({ schema: letterKeySchema }) { id, letterId }: LetterKey,
    @Body({ schema: editRequestSchema }) { fields, reason }: EditRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayRequested> {
    const run = await editAndReplay(this.db, { tenantId, integration: id, letterId, fields, reason, actor });
    await this.announcer.announce(run, reply);
    return shownReplay(run);
  }

  @Route({
    ...acting,
    path: ':letterId/revert',
    id: 'revertDeadLetterEdit',
    summary: 'Takes the corrections of the record back: the next run reads it as its source has it.',
    answer: revertedSchema,
  })
  async revert(
    @Tenant() tenantId: string,
    @Param({ schema: letterKeySchema }) { id, letterId }: LetterKey,
    @Body({ schema: reasonRequestSchema }) { reason }: ReasonRequest,
  ): Promise<Reverted> {
    return revertEdit(this.db, { tenantId, integration: id, letterId, reason, actor });
  }

  @Route({
    ...acting,
    path: ':letterId/discard',
    id: 'discardDeadLetter',
    summary: 'Closes a letter that nothing is to be done about.',
    answer: letterSchema,
  })
  async discard(
    @Tenant() tenantId: string,
    @Param({ schema: letterKeySchema }) { id, letterId }: LetterKey,
    @Body({ schema: reasonRequestSchema }) { reason }: ReasonRequest,
  ): Promise<ShownLetter> {
    return shownLetter(await discardLetter(this.db, { tenantId, integration: id, letterId, reason, actor }));
  }
}
