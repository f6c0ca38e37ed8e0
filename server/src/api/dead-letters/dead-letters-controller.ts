/** Dead letters of an integration: what could not be done after its tries, one by one. */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { correctionsOf } from '../../store/corrections.js';
import { Database } from '../../store/database.js';
import { findLetter, listLetters } from '../../store/dead-letters.js';
import { findIntegration } from '../../store/integrations.js';
import { integrationKeySchema } from '../integrations/integration-shapes.js';
import { offsetPage } from '../paging.js';
import { Route } from '../route.js';
import { Tenant } from '../tenant.js';
import {
  letterKeySchema,
  letterPageSchema,
  letterQuerySchema,
  letterWithCorrectionsSchema,
  shownCorrection,
  shownLetter,
  type LetterKey,
  type LetterPage,
  type LetterQuery,
  type LetterWithCorrections,
} from './letter-shapes.js';

@ApiTags('dead letters')
@Controller('integrations/:id/dead-letters')
export class DeadLettersController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Route({
    method: 'GET',
    path: '',
    id: 'listDeadLetters',
    summary: 'What could not be done after its tries, newest first.',
    permission: 'letters.read',
    audit: 'none',
    answer: letterPageSchema,
  })
  async list(
    @Tenant() tenantId: string,
    @Param({ schema: integrationKeySchema }) { id }: { id: string },
    @Query({ schema: letterQuerySchema }) query: LetterQuery,
  ): Promise<LetterPage> {
    const { limit, offset, ...filter } = query;
    return this.db.withTenant(tenantId, async (tx) => {
      const { id: integrationId } = await findIntegration(tx, tenantId, id);
      const found = await listLetters(tx, tenantId, { ...filter, integrationId }, { limit: limit + 1, offset });
      const { items, nextOffset } = offsetPage(found, query);
      return { items: items.map(shownLetter), nextOffset };
    });
  }

  @Route({
    method: 'GET',
    path: ':letterId',
    id: 'getDeadLetter',
    summary: 'One dead letter, with the corrections that were made for it.',
    permission: 'letters.read',
    audit: 'access',
    answer: letterWithCorrectionsSchema,
  })
  async find(
    @Tenant() tenantId: string,
    @Param({ schema: letterKeySchema }) { id, letterId }: LetterKey,
  ): Promise<LetterWithCorrections> {
    return this.db.withTenant(tenantId, async (tx) => {
      const { id: integrationId } = await findIntegration(tx, tenantId, id);
      const letter = await findLetter(tx, { tenantId, id: letterId, integrationId });
      const made = await correctionsOf(tx, { tenantId, id: letterId });
      return { ...shownLetter(letter), corrections: made.map(shownCorrection) };
    });
  }
}
