/**
 * Creates, replaces, changes and ends one record, as TimeBack does: an id is taken for ever, a removal marks the record `tobedeleted` and
 * nothing follows it, and what is so already is not changed again.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, errorBody, json, Refusal } from '../answers.js';
import { collectionByName } from '../collections/catalogue.js';
import type { Row } from '../query/matches.js';
import type { Sandbox } from '../sandbox.js';
import { buildRow, type Manner, misfits } from './build-row.js';
import { word } from './checks.js';
import { fieldsOf } from './fields.js';
import { find, findOrRefuse } from './look-up.js';
import type { Resource } from './resources.js';
import type { WrittenName } from './written.js';

/** The wrong fields of a body; thrown so that nothing is written by halves. */
export class Unfit extends Refusal {
  constructor(readonly details: Record<string, string>[]) {
    super(422, 'The body does not fit.');
  }

  answer(): Answer {
    return { status: this.status, body: errorBody(this.status, this.message, this.details) };
  }
}

export const entityOf = ({ name }: Resource): WrittenName =>
  collectionByName.get(name)?.entity ?? (name as WrittenName);

export const pairs = (supplied: unknown, allocatedSourcedId: string): Answer =>
  json(201, { sourcedIdPairs: { suppliedSourcedId: supplied ?? allocatedSourcedId, allocatedSourcedId } });

/** The record in a body, once it fits. */
function recordIn(body: Row, { name, writeKey }: Resource, manner: Manner, id?: string): Row {
  const record = body[writeKey];
  const wrong = misfits(fieldsOf[name], record, manner, writeKey);
  if (wrong.length > 0) throw new Unfit(wrong);
  const { sourcedId } = record as Row;
  if (sourcedId !== undefined && word(sourcedId)) throw new Unfit([{ [`${writeKey}.sourcedId`]: 'must be a text' }]);
  if (id !== undefined && sourcedId !== undefined && sourcedId !== id)
    throw new Unfit([{ [`${writeKey}.sourcedId`]: 'must be that of the address' }]);
  return record as Row;
}

export function create(sandbox: Sandbox, resource: Resource, body: Row): Row {
  const { view } = sandbox;
  const { name, writeKey, needsId, taken } = resource;
  const record = recordIn(body, resource, 'create');
  if (needsId && record.sourcedId === undefined) throw new Unfit([{ [`${writeKey}.sourcedId`]: 'is missing' }]);
  const entity = entityOf(resource);
  const sourcedId = (record.sourcedId as string | undefined) ?? randomUUID();
  if (find(view, entity, sourcedId)) throw new Refusal(taken, 'A record with this sourcedId already exists.');
  if (name === 'demographics') findOrRefuse(view, 'users', sourcedId);
  const row = buildRow({ view, name, fields: fieldsOf[name], body: record, manner: 'create', sourcedId });
  row.dateLastModified = view.district.clock.tick();
  view.written.add(entity, row);
  edited(sandbox);
  return row;
}

export function replace(sandbox: Sandbox, resource: Resource, sourcedId: string, body: Row, manner: Manner): Row {
  const { view } = sandbox;
  const { name } = resource;
  const { index, row: former } = findOrRefuse(view, name, sourcedId);
  const record = recordIn(body, resource, manner, sourcedId);
  const row = buildRow({ view, name, fields: fieldsOf[name], body: record, manner, sourcedId, former });
  return keep(sandbox, entityOf(resource), index, former, row);
}

export function remove(sandbox: Sandbox, resource: Resource, sourcedId: string): void {
  const { index, row: former } = findOrRefuse(sandbox.view, resource.name, sourcedId);
  keep(sandbox, entityOf(resource), index, former, { ...former, status: 'tobedeleted' });
}

export function keep(sandbox: Sandbox, entity: WrittenName, index: number, former: Row, row: Row): Row {
  if (isDeepStrictEqual(former, row)) return former;
  const moved = { ...row, dateLastModified: sandbox.view.district.clock.tick() };
  sandbox.view.written.put(entity, index, moved);
  edited(sandbox);
  return moved;
}

function edited({ view, marks }: Sandbox): void {
  view.district.revision += 1;
  marks.edited();
}
