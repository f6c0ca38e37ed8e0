/**
 * The hub as a OneRoster 1.2 provider: its 41 reads behind one address, since the table of operations knows them all; its token
 * endpoint; and its own description, under both names that are in use. Described by that, not by the document of our API.
 */
import { Controller, Inject, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Log } from '@rollcall/connectors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerRead } from '../../provider/answer.js';
import { discoveryDocument, discoveryNames } from '../../provider/discovery.js';
import { providerPath, tokenPath } from '../../provider/operations.js';
import { ProviderRefusal } from '../../provider/refusal.js';
import { SignInBound } from '../../provider/sign-in-bound.js';
import { issueToken } from '../../provider/sign-in.js';
import { Database } from '../../store/database.js';
import { Route } from '../route.js';
import { LOG } from '../tokens.js';
import { ProviderFilter } from './provider-filter.js';

/** The token says the tenant, and what was shown is logged here, with its client. */
const open = { permission: 'provider.read', audit: 'none', answer: null, tenant: false } as const;

@ApiExcludeController()
@Controller()
@UseFilters(ProviderFilter)
export class ProviderController {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SignInBound) private readonly bound: SignInBound,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Route({ ...open, method: 'POST', path: tokenPath, id: 'oneRosterToken', summary: 'A token for a client.' })
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!(request.body instanceof URLSearchParams)) throw new ProviderRefusal('invaliddata', 'Send a form.', 415);
    const { body: form, ip: address } = request;
    const { authorization } = request.headers;
    const answer = await issueToken(this.db, this.bound, { authorization, form, address });
    if (answer.status === 401) void reply.header('www-authenticate', 'Basic realm="OneRoster"');
    if (answer.status === 429) void reply.header('retry-after', String(answer.retryAfterSeconds));
    void reply
      .status(answer.status)
      .header('content-type', json)
      .header('pragma', 'no-cache')
      .send(JSON.stringify(answer.body));
  }

  @Route({ ...open, method: 'GET', path: `${providerPath}/*`, id: 'oneRosterRead', summary: 'A OneRoster read.' })
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() given: object): Promise<void> {
    const [address, text] = splitOnce(request.url, '?');
    // Read again from the address: a filter holds signs that are split at only once.
    const query = new URLSearchParams(Object.keys(given).length > 0 ? text : '');
    const path = address.slice(providerPath.length);
    // The Host was found to be a loopback one; only its origin goes into links.
    const { origin } = new URL(`${request.protocol}://${request.headers.host}`);
    if (discoveryNames.some((name) => path === `/discovery/${name}`))
      return void reply.header('content-type', json).send(discoveryDocument(origin));
    const { authorization } = request.headers;
    const answer = await answerRead(this.db, { authorization, path, query, origin });
    const { operation, holder, records } = answer;
    this.log.info('people.shown', { route: operation.id, tenant: holder.tenantId, actor: holder.id, records });
    void reply.headers(answer.headers).header('content-type', json).send(answer.body);
  }
}

const json = 'application/json; charset=utf-8';

function splitOnce(text: string, at: string): [before: string, after: string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
