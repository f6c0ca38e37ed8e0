/**
 * Tells the world of a run that was asked for: the bell is rung, and the answer says where the run is. The run stands in the
 * database by then; when nobody hears the bell, the sweeper rings it again.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '@rollcall/connectors';
import type { FastifyReply } from 'fastify';
import { LOG, RING_BELL, type RingBell } from './tokens.js';

@Injectable()
export class Announcer {
  constructor(
    @Inject(RING_BELL) private readonly ringBell: RingBell,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async announce(run: { tenantId: string; runId: string }, reply: FastifyReply): Promise<void> {
    try {
      await this.ringBell({ tenantId: run.tenantId, runId: run.runId });
    } catch (error) {
      this.log.warn('bell.unheard', { runId: run.runId, error: error instanceof Error ? error.name : 'unknown' });
    }
    void reply.header('location', `/api/v1/runs/${run.runId}`);
  }
}
