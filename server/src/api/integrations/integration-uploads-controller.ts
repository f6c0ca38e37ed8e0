/** Packages that are sent to an integration, read from the connection as they come. */
import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Fault } from '@rollcall/core';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { takeUpload } from '../../sync/packages/take-upload.js';
import { Announcer } from '../announcer.js';
import { RequestRefused } from '../problem.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { DATA_DIR } from '../tokens.js';
import { integrationKeySchema } from './integration-shapes.js';

const uploadedSchema = z
  .object({
    runId: z.uuid(),
    /** False when this very package was the last one taken: its run is named. */
    created: z.boolean(),
    bytes: z.int(),
    /** SHA-256 of the package. */
    digest: z.string(),
    /** What was found in it; null for a package that was known. */
    package: z
      .object({
        version: z.string(),
        /** Whether nothing follows from what it does not name. */
        changesOnly: z.boolean(),
        rows: z.int(),
        /** Records that will be left out. */
        errors: z.int(),
        warnings: z.int(),
      })
      .nullable(),
  })
  .meta({ id: 'PackageUploaded' });

/** Each is written to the disk and read from there before it is answered. */
const mostAtOnce = 2;

@ApiTags('integrations')
@Controller('integrations/:id')
export class IntegrationUploadsController {
  #underWay = 0;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Announcer) private readonly announcer: Announcer,
    @Inject(DATA_DIR) private readonly dataDir: string,
  ) {}

  @Route({
    method: 'POST',
    path: 'upload',
    id: 'uploadPackage',
    summary: 'Takes a OneRoster CSV package in a zip, and asks for the run that reads it. A bad one changes nothing.',
    permission: 'runs.request',
    audit: 'change',
    answer: uploadedSchema,
    status: 202,
    problems: [409, 415, 503],
    streamedBody: 'package',
  })
  async upload(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof uploadedSchema>> {
    const content: unknown = request.body;
    if (!(content instanceof Readable)) throw new Fault('invalid_input', 'The body must be a zip, as application/zip.');
    if (this.#underWay >= mostAtOnce)
      throw new RequestRefused(503, 'busy', 'Other uploads are under way.', 'Send it again when they have ended.');
    this.#underWay += 1;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new Fault('invalid_input', 'The sender has gone.')));
    try {
      const by = { trigger: 'api', actor: 'local' } as const;
      const upload = { tenantId, integration: id, content, dataDir: this.dataDir, signal: gone.signal, ...by };
      const { runId, created, bytes, digest, judged } = await takeUpload(this.db, upload);
      await this.announcer.announce({ tenantId, runId }, reply);
      return { runId, created, bytes, digest, package: judged };
    } catch (error) {
      // What is still to come of the body is not waited for.
      void reply.header('connection', 'close');
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }
}
