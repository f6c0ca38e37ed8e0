/** Whether the process lives, and whether it can serve: the database answers and has the schema that this version needs. */
import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import { schemaVersion } from '../../store/schema-version.js';
import { RequestRefused } from '../problem.js';
import { Route } from '../route.js';
import { QUEUE_STATE, type AskQueueState } from '../tokens.js';

const liveSchema = z.object({ status: z.literal('live') }).meta({ id: 'Live' });
const readySchema = z
  .object({
    status: z.literal('ready'),
    database: z.literal('reachable'),
    schema: z.literal('current'),
    access: z.string(),
    queue: z.enum(['postgresql', 'redis']),
    /** What needs a person's attention though requests can be served. */
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Ready' });

const route = { method: 'GET', permission: 'health.read', audit: 'none', tenant: false } as const;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(QUEUE_STATE) private readonly queueState: AskQueueState,
  ) {}

  @Route({ ...route, path: 'live', id: 'getLive', summary: 'Whether the process lives.', answer: liveSchema })
  live(): z.infer<typeof liveSchema> {
    return { status: 'live' };
  }

  @Route({ ...route, path: 'ready', id: 'getReady', summary: 'Whether requests can be served.', answer: readySchema })
  async ready(): Promise<z.infer<typeof readySchema>> {
    const { missing, unknown } = await schemaVersion(this.db);
    if (missing.length > 0)
      throw unready(`The database lacks ${missing.length} migrations.`, 'Run "rollcall migrate".');
    if (unknown.length > 0)
      throw unready('The database belongs to a later version.', 'Start the later version of Rollcall.');
    const access = 'Loopback only: sign-in is not built yet, so no other machine may ask.';
    const { backend, warning } = await this.queueState();
    const warnings = warning === null ? [] : [warning];
    return { status: 'ready', database: 'reachable', schema: 'current', access, queue: backend, warnings };
  }
}

const unready = (detail: string, nextStep: string) => new RequestRefused(503, 'unavailable', detail, nextStep);
