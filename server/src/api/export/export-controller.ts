/** The roster as a OneRoster package, streamed while it is read. One that breaks on the way is no zip, so nobody takes it for whole. */
import { Controller, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Log } from '@rollcall/connectors';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { exportPackage } from '../../sync/packages/export-package.js';
import { RequestRefused } from '../problem.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { LOG } from '../tokens.js';
import { takenStream } from './taken-stream.js';

const querySchema = z.strictObject({
  /** An organisation's id, here or at its source. */
  school: z.string().min(1).max(1024).optional(),
  /** A moment in ISO 8601, the id of a run, or the mark of an earlier export. */
  since: z.string().min(1).max(64).optional(),
});

/** Each holds a connection for as long as its reader takes. */
const mostAtOnce = 2;

@ApiTags('roster')
@Controller('export.zip')
export class ExportController {
  #underWay = 0;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Route({
    method: 'GET',
    path: '',
    id: 'exportRoster',
    summary: 'The roster, or a school, as a OneRoster 1.2 CSV package: all of it, or what has changed since a point.',
    permission: 'roster.read',
    audit: 'access',
    answer: null,
    answers: 'application/zip',
    problems: [503],
  })
  async export(
    @Tenant() tenantId: string,
    @Query({ schema: querySchema }) query: z.output<typeof querySchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    if (this.#underWay >= mostAtOnce)
      throw new RequestRefused(503, 'busy', 'Other exports are under way.', 'Ask again when they have ended.');
    this.#underWay += 1;
    return new Promise((resolve, reject) => {
      exportPackage(this.db, { tenantId, ...query, actor: 'local' }, ({ mark }) => {
        const stream = takenStream();
        void reply.header('x-rollcall-next-since', mark);
        resolve(
          new StreamableFile(stream, { type: 'application/zip', disposition: 'attachment; filename="oneroster.zip"' }),
        );
        return stream;
      })
        .then(({ mode, rows }) => this.log.info('roster.exported', { tenant: tenantId, mode, users: rows.users }))
        .catch((error: unknown) => {
          this.log.warn('export.broken', { tenant: tenantId, error: error instanceof Error ? error.name : 'unknown' });
          // After the answer has begun this says nothing to anybody.
          reject(error as Error);
        })
        .finally(() => (this.#underWay -= 1));
    });
  }
}
