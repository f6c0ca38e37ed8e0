/** How an integration's new records find records that we have: rules, scores, and from when new ids are a re-key. */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { entityNames, rulesOf } from '@rollcall/core';
import { z } from 'zod';
import { Database } from '../../store/database.js';
import type { StoredMatchSettings } from '../../store/match-settings.js';
import { setMatchSettings, showMatchSettings } from '../../sync/matching/set-match-settings.js';
import { instant } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import { integrationKeySchema } from './integration-shapes.js';

const ruleSchema = z.object({
  name: z.string(),
  /** All must agree; `sourcedId` is the record's id in another integration. */
  fields: z.array(z.string()),
  score: z.int(),
  roles: z.array(z.string()).optional(),
});

const matchingSchema = z
  .object({
    on: z.boolean(),
    /** A single match of this score or more is joined. */
    strongFrom: z.int(),
    /** One of this score or more waits for a person. */
    askFrom: z.int(),
    rekey: z.object({ share: z.number(), rows: z.int() }),
    /** By entity, as they hold. */
    rules: z.record(z.string(), z.array(ruleSchema)),
    /** Null where nobody has set anything. */
    set: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
  })
  .meta({ id: 'IntegrationMatching' });
type Shown = z.infer<typeof matchingSchema>;

const matchingRequestSchema = z
  .strictObject({
    reason: z.string().trim().min(1).max(1000),
    /** What is left out is as by default; null goes back to the defaults. */
    settings: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'IntegrationMatchingRequest' });

@ApiTags('integrations')
@Controller('integrations/:id/matching')
export class IntegrationMatchingController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'GET',
    path: '',
    id: 'getIntegrationMatching',
    summary: 'How new records of an integration find records that we have.',
    permission: 'integrations.read',
    audit: 'none',
    answer: matchingSchema,
  })
  async show(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
  ): Promise<Shown> {
    return shown(await showMatchSettings(this.db, { tenantId, integration: id }));
  }

  @Route({
    method: 'PUT',
    path: '',
    id: 'setIntegrationMatching',
    summary: 'Sets how new records of an integration find records that we have. It holds from the next sync on.',
    permission: 'integrations.change',
    audit: 'change',
    answer: matchingSchema,
    problems: [413, 415],
  })
  async set(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Body({ schema: matchingRequestSchema }) { settings, reason }: z.output<typeof matchingRequestSchema>,
  ): Promise<Shown> {
    return shown(await setMatchSettings(this.db, { tenantId, integration: id, settings, reason, actor: 'local' }));
  }
}

const shown = ({ settings, set }: StoredMatchSettings): Shown => ({
  ...settings,
  rules: Object.fromEntries(
    entityNames.map((entity) => [
      entity,
      rulesOf({ ...settings, on: true }, entity).map(({ name, fields, score, roles }) => ({
        ...{ name, fields, score },
        ...(roles ? { roles } : {}),
      })),
    ]),
  ),
  set: set && { ...set, at: set.at.toISOString() },
});
