/**
 * Every roster call of a TimeBack API, typed, over the client and its policies. A list that is not there is a fault and never an empty
 * page; a write is done, refused in words, or in doubt, and is never made twice on chance. Passwords are not asked for: the one call of
 * the document that would give them in clear is left out.
 */
import { Fault } from '@rollcall/core';
import type { CallContext } from '../../contracts.js';
import type { BaseApiClient, WriteRequest } from '../../http/base-api-client.js';
import { LookUps } from '../../http/look-ups.js';
import { pathPart } from '../../oneroster/addresses.js';
import { isObject, partOf, wholeNumber } from '../../oneroster/rows/json-parts.js';
import type { Clock } from '../../ports.js';
import {
  nestedLists,
  resources,
  type Created,
  type NestedListName,
  type NestedRow,
  type Read,
  type Replaced,
  type ResourceName,
  type WritableName,
} from './resources.js';
import type { NewContent, NewCourse, NewMember, NewSession, WireUser } from './wire-types.js';
import { isAsSent, readWrite, type WriteResult } from './write-result.js';

export interface ApiSettings {
  readonly baseUrl: string;
  readonly rosteringPath: string;
  readonly trailingSlash: boolean;
  readonly totalField: string;
}

export interface ListQuery {
  readonly limit?: number;
  readonly offset?: number;
  readonly sort?: string;
  readonly orderBy?: 'asc' | 'desc';
  readonly filter?: string;
  /** Names of fields. */
  readonly fields?: readonly string[];
  readonly search?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Rows without an id, which cannot be rows of anything. */
  readonly unreadable: number;
  readonly total: number | null;
}

const lookUpWindowMs = 5;
/** Addresses of 2,000 characters pass everywhere. */
const lookUpCharacters = 1_500;
const lookUpIds = 50;

export class TimeBackApiClient {
  readonly #root: string;
  readonly #lookUps = new Map<ResourceName, LookUps<unknown>>();

  constructor(
    private readonly settings: ApiSettings,
    private readonly client: BaseApiClient,
    private readonly clock: Clock,
  ) {
    this.#root = `${settings.baseUrl.replace(/\/+$/, '')}${settings.rosteringPath.replace(/\/+$/, '')}/`;
  }

  list<R extends ResourceName>(of: R, query: ListQuery, context: CallContext): Promise<Page<Read<R>>> {
    return this.#page<Read<R>>(`${of}.list`, this.#collection(of), [resources[of].listKey], query, context);
  }

  /** `ids` fill the path's holes in their order. */
  listWithin<N extends NestedListName>(
    list: N,
    ids: readonly string[],
    query: ListQuery,
    context: CallContext,
  ): Promise<Page<NestedRow<N>>> {
    const { path, of, listKeys } = nestedLists[list];
    const left = [...ids];
    const filled = path.replaceAll('{}', () => pathPart(left.shift() ?? ''));
    return this.#page<NestedRow<N>>(`${of}.list-${list}`, `${this.#root}${filled}`, listKeys, query, context);
  }

  /** Null when there is no such record. */
  async get<R extends ResourceName>(
    of: R,
    sourcedId: string,
    context: CallContext,
    fields?: readonly string[],
  ): Promise<Read<R> | null> {
    const row = await this.#item(`${of}.get`, this.#record(of, sourcedId), resources[of].itemKey, context, fields);
    if (row === null) return null;
    if (fields === undefined && partOf(row, 'sourcedId') !== sourcedId)
      throw new Fault('source_inconsistent', 'The source answered with another record than the one asked for.');
    return row as Read<R>;
  }

  async userWithDemographics(sourcedId: string, context: CallContext): Promise<WireUser | null> {
    const url = `${this.#record('users', sourcedId)}/demographics`;
    return (await this.#item('users.get-demographics', url, 'user', context)) as WireUser | null;
  }

  /** As `get`; look-ups that come close together are one call. */
  find<R extends ResourceName>(of: R, sourcedId: string, context: CallContext): Promise<Read<R> | null | undefined> {
    // Commas and quotes cannot be told from the list's own.
    if (!/^[\w.:@/-]+$/.test(sourcedId)) return this.get(of, sourcedId, context);
    let lookUps = this.#lookUps.get(of) as LookUps<Read<R>> | undefined;
    if (!lookUps) {
      const bounds = { windowMs: lookUpWindowMs, mostIds: lookUpIds, mostCharacters: lookUpCharacters };
      lookUps = new LookUps({ ...bounds, fetch: (ids, shared) => this.#found(of, ids, shared) }, this.clock);
      this.#lookUps.set(of, lookUps);
    }
    return lookUps.find(sourcedId, context);
  }

  create<R extends WritableName>(of: R, record: Created<R>, context: CallContext): Promise<WriteResult> {
    const sourcedId = partOf(record, 'sourcedId');
    const id = typeof sourcedId === 'string' ? sourcedId : null;
    return this.#write(of, 'create', 'POST', this.#collection(of), record, context, {
      // An id that the source makes up cannot be looked for.
      readBack: id === null ? undefined : () => this.#seen(of, id, record, taken, context),
    });
  }

  /** Replaces the whole record: what is left out may be lost. */
  replace<R extends WritableName>(of: R, sourcedId: string, record: Replaced<R>, context: CallContext) {
    return this.#write(of, 'replace', 'PUT', this.#record(of, sourcedId), record, context);
  }

  /** Of enrollments only; other resources know no part. */
  changeEnrollment(sourcedId: string, part: Partial<Replaced<'enrollments'>>, context: CallContext) {
    const url = this.#record('enrollments', sourcedId);
    return this.#write('enrollments', 'change', 'PATCH', url, part, context, {
      readBack: () => this.#seen('enrollments', sourcedId, part, null, context),
    });
  }

  /** Marks the record `tobedeleted`; it stays readable, and its id stays taken. What hangs on it stays as it is. */
  remove(of: WritableName, sourcedId: string, context: CallContext): Promise<WriteResult> {
    return this.#write(of, 'remove', 'DELETE', this.#record(of, sourcedId), undefined, context);
  }

  addToClass(as: 'students' | 'teachers', classId: string, member: NewMember, context: CallContext) {
    const url = `${this.#record('classes', classId)}/${as}`;
    return this.#write('enrollments', `add-${as}`, 'POST', url, member, context);
  }

  createGradingPeriodIn(termId: string, session: NewSession, context: CallContext): Promise<WriteResult> {
    const url = `${this.#record('terms', termId)}/gradingPeriods`;
    return this.#write('gradingPeriods', 'create-in-term', 'POST', url, session, context, {
      readBack: () => this.#seen('gradingPeriods', session.sourcedId, session, taken, context),
    });
  }

  addAgent(userId: string, agentSourcedId: string, context: CallContext): Promise<WriteResult> {
    const url = `${this.#record('users', userId)}/agents`;
    return this.#send('users', 'add-agent', 'POST', url, { agentSourcedId }, context, {
      readBack: async () => {
        const { rows } = await this.listWithin('userAgents', [userId], {}, context);
        return rows.some(({ sourcedId }) => sourcedId === agentSourcedId) ? { done: true, sourcedId: null } : null;
      },
    });
  }

  removeAgent(userId: string, agentSourcedId: string, context: CallContext): Promise<WriteResult> {
    const url = `${this.#record('users', userId)}/agents/${pathPart(agentSourcedId)}`;
    return this.#send('users', 'remove-agent', 'DELETE', url, undefined, context);
  }

  /** Lets a user sign in to an application. The secret goes out and is never read back. */
  registerCredentials(
    userId: string,
    application: { readonly applicationName: string; readonly credentials: { username: string; password: string } },
    context: CallContext,
  ): Promise<WriteResult> {
    const url = `${this.#record('users', userId)}/credentials`;
    return this.#send('users', 'register-credentials', 'POST', url, application, context);
  }

  createCourseStructure(
    structure: { readonly courseStructure: NewContent; readonly course: NewCourse },
    context: CallContext,
  ): Promise<WriteResult> {
    return this.#send('courses', 'create-structure', 'POST', `${this.#root}courses/structure`, structure, context);
  }

  async #page<Row>(
    operation: string,
    url: string,
    listKeys: readonly string[],
    { fields, ...query }: ListQuery,
    context: CallContext,
  ): Promise<Page<Row>> {
    const listOf = (body: unknown) => listKeys.map((key) => partOf(body, key)).find((list) => Array.isArray(list));
    const complaint = (body: unknown) => (listOf(body) ? null : `the body has no list '${listKeys.join("' or '")}'`);
    const asked = { ...query, ...(fields ? { fields: fields.join(',') } : {}) };
    const { body } = await this.client.getJson({ operation, url, query: asked, complaint, cacheable: true }, context);
    const all = listOf(body) as unknown[];
    const rows = fields ? all : all.filter((row) => typeof partOf(row, 'sourcedId') === 'string');
    const total = wholeNumber(partOf(body, this.settings.totalField));
    return { rows: rows as Row[], unreadable: all.length - rows.length, total };
  }

  async #item(
    operation: string,
    url: string,
    itemKey: string,
    context: CallContext,
    fields?: readonly string[],
  ): Promise<unknown> {
    const complaint = (body: unknown) =>
      isObject(partOf(body, itemKey)) ? null : `the body has no object '${itemKey}'`;
    const query: Record<string, string> = fields ? { fields: fields.join(',') } : {};
    const request = { operation, url, query, complaint, mayBeMissing: true, cacheable: true, shared: true };
    const { body } = await this.client.getJson(request, context);
    return body === undefined ? null : partOf(body, itemKey);
  }

  async #found<R extends ResourceName>(of: R, ids: readonly string[], context: CallContext) {
    const filter = `sourcedId@'${ids.join(',')}'`;
    const { rows } = await this.list(of, { filter, limit: ids.length }, context);
    return new Map(rows.map((row) => [row.sourcedId, row]));
  }

  /** Past the cache: it is asked because something may just have changed. */
  async #seen(
    of: ResourceName,
    sourcedId: string,
    sent: object,
    otherwise: WriteResult | null,
    context: CallContext,
  ): Promise<WriteResult | null> {
    const { itemKey } = resources[of];
    const complaint = (body: unknown) =>
      isObject(partOf(body, itemKey)) ? null : `the body has no object '${itemKey}'`;
    const request = { operation: `${of}.get`, url: this.#record(of, sourcedId), complaint, mayBeMissing: true };
    const { body } = await this.client.getJson(request, context);
    if (body === undefined) return null;
    return isAsSent(partOf(body, itemKey), sent) ? { done: true, sourcedId } : otherwise;
  }

  #write(
    of: WritableName,
    verb: string,
    method: WriteRequest<WriteResult>['method'],
    url: string,
    record: object | undefined,
    context: CallContext,
    proof: Pick<WriteRequest<WriteResult>, 'readBack'> = {},
  ): Promise<WriteResult> {
    const body = record && { [resources[of].writeKey]: record };
    return this.#send(of, verb, method, url, body, context, proof);
  }

  async #send(
    of: ResourceName,
    verb: string,
    method: WriteRequest<WriteResult>['method'],
    url: string,
    body: object | undefined,
    context: CallContext,
    proof: Pick<WriteRequest<WriteResult>, 'readBack'> = {},
  ): Promise<WriteResult> {
    const { touches } = resources[of];
    const request = { operation: `${of}.${verb}`, method, url, body, read: readWrite, touches, ...proof };
    return (await this.client.send<WriteResult>(request, context)).value;
  }

  #collection(of: ResourceName): string {
    const { path, slash } = resources[of];
    return `${this.#root}${path}${slash && this.settings.trailingSlash ? '/' : ''}`;
  }

  #record(of: ResourceName, sourcedId: string): string {
    return `${this.#root}${resources[of].path}/${pathPart(sourcedId)}`;
  }
}

/** Another record stands under the id that was to be new. */
const taken: WriteResult = { done: false, reason: 'exists', status: 404, sourceText: '' };
