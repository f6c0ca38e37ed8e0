/**
 * Answers one read of OneRoster 1.2: who asks, what the table of operations says of the address, what the client may see, and
 * the page or the record as JSON text. Everything that is refused is refused before a record is read.
 */
import type { Database, Tx } from '../store/database.js';
import { isRecordId } from '../store/provider/conditions.js';
import { findList, makeList, type ListQuestion } from '../store/provider/lists.js';
import { hasRecord, readRecord, readRecords, type Shown } from '../store/provider/records.js';
import { demographicsFields, fieldsFor, shownEntities } from '../store/provider/shown-entities.js';
import { sightOf, type Sight } from '../store/provider/sight.js';
import type { TokenHolder } from '../store/provider/tokens.js';
import { digestOf } from './credentials.js';
import { parseFilter } from './filter-grammar.js';
import { operationAt, providerPath, type Operation } from './operations.js';
import { linksOf, readParameters, type Parameters } from './parameters.js';
import { filterOf, selectionOf, sortOf } from './prove-question.js';
import { ProviderRefusal } from './refusal.js';
import { holderOf, tokenOf } from './sign-in.js';
import { isTooSlow } from '../store/trouble.js';

export interface ProviderRequest {
  readonly authorization: string | undefined;
  /** Below `providerPath`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Scheme and host that the client used, for links. */
  readonly origin: string;
}

export interface ProviderAnswer {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly holder: TokenHolder;
  readonly records: number;
}

/** An order of millions takes seconds; longer than this, a question keeps a connection from others. */
const longestMs = 60_000;

/** Throws ProviderRefusal. */
export async function answerRead(
  db: Database,
  request: ProviderRequest,
  longestStatementMs = longestMs,
): Promise<ProviderAnswer> {
  const token = tokenOf(request.authorization);
  const work = async (tx: Tx) => answerIn(tx, await holderOf(tx, token), request);
  // Refused inside of the transaction: from outside it would be tried again.
  return db.withTenant(token.tenantId, (tx) => work(tx).catch(refuseSlow), { longestStatementMs });
}

function refuseSlow(error: unknown): never {
  if (!isTooSlow(error)) throw error;
  const advice = 'Ask for less, by a filter or without a sort, or try again later.';
  throw new ProviderRefusal('server_busy', `The answer takes too long to make. ${advice}`, 503, 60);
}

async function answerIn(tx: Tx, holder: TokenHolder, request: ProviderRequest): Promise<ProviderAnswer> {
  const found = operationAt(request.path);
  if (!found) throw new ProviderRefusal('unknownobject', 'OneRoster 1.2 rostering has no such address.');
  const { operation, ids } = found;
  if (!operation.scopes.some((scope) => holder.scopes.includes(scope)))
    throw new ProviderRefusal('forbidden', `The token lacks a scope: it needs ${operation.scopes.join(' or ')}.`);
  const asked = { request, operation, ids, holder, parameters: readParameters(request.query, operation.kind) };
  if (operation.entity === null) return noDemographics(asked);
  const sight = await sightOf(tx, holder);
  return operation.kind === 'single' ? single(tx, sight, asked) : collection(tx, sight, asked);
}

interface Asked {
  readonly request: ProviderRequest;
  readonly operation: Operation;
  readonly ids: readonly string[];
  readonly holder: TokenHolder;
  readonly parameters: Parameters;
}

async function single(tx: Tx, sight: Sight, asked: Asked): Promise<ProviderAnswer> {
  const { operation, holder } = asked;
  const id = asked.ids[0]!;
  const shown = shownOf(sight, asked);
  const { narrowing } = operation;
  const record = isRecordId(id) ? await readRecord(tx, sight, shown, { id, narrowing }) : null;
  if (record === null) throw unknown();
  return { body: `{"${operation.envelope}":${record}}`, headers: {}, operation, holder, records: 1 };
}

async function collection(tx: Tx, sight: Sight, asked: Asked): Promise<ProviderAnswer> {
  const { operation, ids, holder, request, parameters } = asked;
  const shown = shownOf(sight, asked);
  const fields = fieldsFor(shown.entity, sight.withheld);
  const question: ListQuestion = {
    entity: shown.entity,
    narrowing: operation.narrowing,
    ids,
    filter: parameters.filter === undefined ? null : filterOf(parameters.filter, fields),
    sort: sortOf(parameters.sort, parameters.orderBy, fields),
  };
  await proveParents(tx, sight, asked);
  const page = await pageOf(tx, sight, question, asked);
  const records = page.total > parameters.offset ? await readRecords(tx, sight, shown, page.from) : '';
  return {
    body: `{"${operation.envelope}":[${records}]}`,
    headers: {
      'x-total-count': String(page.total),
      ...linksOf(`${request.origin}${providerPath}${request.path}`, request.query, parameters, page.total),
    },
    operation,
    holder,
    records: Math.max(0, Math.min(parameters.limit, page.total - parameters.offset)),
  };
}

/** A pass that begins gets the present order; one that goes on keeps its own. */
async function pageOf(tx: Tx, sight: Sight, question: ListQuestion, { parameters, operation }: Asked) {
  const range = { offset: parameters.offset, limit: parameters.limit };
  const { filter, sort, orderBy } = parameters;
  const { ids } = question;
  const digest = digestOf(JSON.stringify([operation.id, ids, filter ?? '', sort ?? '', orderBy ?? '', termsOf(sight)]));
  const kept = await findList(tx, sight, digest);
  if (kept && (kept.fresh || range.offset > 0)) return { total: kept.total, from: { list: kept, ...range } };
  const made = await makeList(tx, sight, { question, digest, range });
  return { total: made.total, from: made.list ? { list: made.list, ...range } : { ids: made.ids } };
}

/** A list is made for what the client may see, and by whose word it goes; should that change, there is another. */
const termsOf = ({ schools, withheld, sources }: Sight): unknown => [schools?.ids ?? null, withheld, sources];

/** What a nested address lies within must be there for this client. */
async function proveParents(tx: Tx, sight: Sight, { operation, ids }: Asked): Promise<void> {
  for (const [at, parent] of operation.within.entries()) {
    const id = ids[at]!;
    const school = at > 0 ? ids[0] : undefined;
    if (!isRecordId(id) || !(await hasRecord(tx, sight, { ...parent, id, school }))) throw unknown();
  }
}

function shownOf(sight: Sight, { operation, parameters, request }: Asked): Shown {
  const entity = operation.entity!;
  const fields = fieldsFor(entity, sight.withheld);
  const known = [...shownEntities[entity].fields.map(({ name }) => name), ...shownEntities[entity].unkept];
  return {
    entity,
    fields: selectionOf(parameters.fields, fields, known),
    base: `${request.origin}${providerPath}`,
  };
}

/** The hub keeps nothing of people's backgrounds, and says so in the standard's words. */
function noDemographics({ operation, holder, parameters }: Asked): ProviderAnswer {
  const { fields, filter, sort, orderBy } = parameters;
  selectionOf(fields, [], demographicsFields);
  sortOf(undefined, orderBy, []);
  const isStrange = (name: string) => !demographicsFields.includes(name);
  if (filter !== undefined && parseFilter(filter).clauses.some((clause) => isStrange(clause.field)))
    throw new ProviderRefusal('invalid_filter_field', 'The filter names what is not a field of demographics.');
  if (sort !== undefined && isStrange(sort))
    throw new ProviderRefusal('invaliddata', 'There is no such field to sort by.');
  if (operation.kind === 'single') throw unknown();
  return { body: '{"demographics":[]}', headers: { 'x-total-count': '0' }, operation, holder, records: 0 };
}

const unknown = (): ProviderRefusal =>
  new ProviderRefusal('unknownobject', 'There is no such record, or it is not shared.');
