/**
 * How roster records are shown: core's own fields, with the hub's ids where core has sourcedIds. Derived from core's schemas, so
 * a field added there is shown here.
 */
import type { Entity } from '@rollcall/core';
import { z } from 'zod';
import { syncMarked } from '../../store/sync-marked.js';
import { byKey, instant } from '../paging.js';

export interface RosterShapes {
  readonly record: z.ZodType;
  readonly page: z.ZodType;
  readonly query: z.ZodType<RosterQuery>;
}

export interface RosterQuery {
  readonly limit: number;
  readonly after?: string;
  readonly active?: boolean;
  readonly school?: string;
  readonly externalId?: string;
}

export function rosterShapes(entity: Entity): RosterShapes {
  const core = entity.schema as z.ZodObject;
  const name = `Roster${core.meta()!.id as string}`;
  const { sourcedId: _id, status: _status, dateLastModified: _modified, ...fields } = core.shape;
  const marks = syncMarked.has(entity.name) ? syncMarks : {};
  const record = z.object({ ...head, ...marks, ...fields, ...references(entity) }).meta({ id: name });
  const page = z.object({ items: z.array(record), nextAfter: z.uuid().nullable() }).meta({ id: `${name}Page` });
  return { record, page, query: querySchema(entity) };
}

const sourceSchema = z
  .object({
    integration: z.string(),
    externalId: z.string(),
    /** Of the link: whether the source lists the record, has stopped to, or has ended it. */
    state: z.enum(['active', 'missing', 'deactivated']),
  })
  .meta({ id: 'RosterSource' });

const head = { id: z.uuid(), active: z.boolean(), updatedAt: instant, sources: z.array(sourceSchema) };

/** People, classes and enrollments say of themselves where they come from. */
const syncMarks = {
  /** By which the first of the sources knows the record; null where none does. */
  externalId: z.string().nullable(),
  /** When a sync last changed the record. */
  lastSyncAt: instant.nullable(),
  /** As the links say: listed by a source, missing at all, ended by all, or known to none. */
  syncStatus: z.enum(['synced', 'missing', 'deactivated', 'local']),
};

/** A record's roles may be gone while the record stays, when their organisation is not known. */
const roleSchema = z
  .object({
    roleType: z.enum(['primary', 'secondary']),
    role: z.string(),
    org: z.uuid(),
    beginDate: z.iso.date().nullable(),
    endDate: z.iso.date().nullable(),
  })
  .meta({ id: 'RosterRole' });

function references(entity: Entity): Record<string, z.ZodType> {
  const shown: Record<string, z.ZodType> = {};
  for (const field of entity.fields) {
    if (field.kind === 'reference') shown[field.name] = z.uuid().nullable();
    if (field.kind === 'references') shown[field.name] = z.array(z.uuid());
    if (field.kind === 'roles') shown[field.name] = z.array(roleSchema);
  }
  return shown;
}

function querySchema(entity: Entity): z.ZodType<RosterQuery> {
  const filters = {
    ...byKey,
    active: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
    externalId: z.string().min(1).max(1024).optional(),
  };
  const bySchool = { ...filters, school: z.uuid().optional() };
  return z.strictObject(entity.schoolColumn ? bySchool : filters) as unknown as z.ZodType<RosterQuery>;
}
