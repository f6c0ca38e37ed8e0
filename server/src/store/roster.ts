/**
 * The roster as people and the API read it: any of the six entities page by page, in the fields of core's table, with local ids
 * where core has sourcedIds and with the names under which other systems know the record.
 */
import { entityNamed, Fault, type Entity, type EntityName, type Field } from '@rollcall/core';
import { syncMarked } from './sync-marked.js';
import { TenantReads, type ReadTx } from './prisma/tenant-reads.js';

export interface RosterRecordRow {
  readonly id: string;
  readonly active: boolean;
  readonly updatedAt: Date;
  /** Where the record comes from, and its id there. */
  readonly sources: readonly Source[];
  /** Of people, classes and enrollments: the id by which their first source knows them; null where none does. */
  readonly externalId?: string | null;
  /** When a sync last changed the record. */
  readonly lastSyncAt?: Date | null;
  readonly syncStatus?: SyncStatus;
  /** The entity's fields by their names in core. */
  readonly [field: string]: unknown;
}

/** As the links say: listed by a source, missing at all of them, ended by all of them, or known to none. */
export type SyncStatus = 'synced' | 'missing' | 'deactivated' | 'local';

export interface Source {
  readonly integration: string;
  readonly externalId: string;
  readonly state: string;
}

export interface RosterFilter {
  readonly active?: boolean;
  /** The local id of the school under which the record is judged; no filter for orgs. */
  readonly school?: string;
  /** The record's id in any of the other systems. */
  readonly externalId?: string;
}

export interface RosterPage {
  readonly records: readonly RosterRecordRow[];
  /** Hand it back as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

export class Roster {
  readonly #reads: TenantReads;

  /** `url` names the application's role. */
  constructor(url: string, options: { connections?: number } = {}) {
    this.#reads = new TenantReads(url, options);
  }

  /** In the order of local ids, so that a page is found as fast at the end of a million rows as at their beginning. */
  async page(
    tenantId: string,
    name: EntityName,
    filter: RosterFilter,
    range: { limit: number; after?: string },
  ): Promise<RosterPage> {
    const entity = entityNamed(name);
    return this.#reads.withTenant(tenantId, async (tx) => {
      const where = { AND: [{ tenantId }, ...(await conditions(tx, tenantId, entity, filter, range.after))] };
      const rows = await tableOf(tx, entity).findMany({ where, orderBy: { id: 'asc' }, take: range.limit + 1 });
      const shown = rows.slice(0, range.limit);
      const next = rows.length > range.limit ? shown.at(-1)!.id : null;
      return { records: await withRelations(tx, tenantId, entity, shown), next };
    });
  }

  /** Throws Fault not_found. */
  async find(tenantId: string, name: EntityName, id: string): Promise<RosterRecordRow> {
    const entity = entityNamed(name);
    return this.#reads.withTenant(tenantId, async (tx) => {
      const rows = await tableOf(tx, entity).findMany({ where: { tenantId, id }, take: 1 });
      const [record] = await withRelations(tx, tenantId, entity, rows);
      if (!record) throw new Fault('not_found', 'There is no such record.');
      return record;
    });
  }

  async close(): Promise<void> {
    await this.#reads.close();
  }
}

/** A row as Prisma gives it: the properties are the columns in camel case. */
type Row = { readonly id: string; readonly active: boolean; readonly updatedAt: Date } & Readonly<
  Record<string, unknown>
>;

/** The six tables differ in their columns; what is asked of them here, all have. */
interface RosterTable {
  findMany(query: { where: object; orderBy?: { id: 'asc' }; take: number }): Promise<Row[]>;
}

function tableOf(tx: ReadTx, entity: Entity): RosterTable {
  const tables = {
    orgs: tx.org,
    academicSessions: tx.academicSession,
    courses: tx.course,
    users: tx.user,
    classes: tx.class,
    enrollments: tx.enrollment,
  };
  return tables[entity.name] as unknown as RosterTable;
}

async function conditions(
  tx: ReadTx,
  tenantId: string,
  entity: Entity,
  filter: RosterFilter,
  after: string | undefined,
): Promise<object[]> {
  const found: object[] = [];
  if (after !== undefined) found.push({ id: { gt: after } });
  if (filter.active !== undefined) found.push({ active: filter.active });
  if (filter.school !== undefined && entity.schoolColumn)
    found.push({ [property(entity.schoolColumn)]: filter.school });
  if (filter.externalId !== undefined) {
    const integrations = await tx.integration.findMany({ where: { tenantId }, select: { id: true } });
    // With the integrations named, the links' primary key finds the id.
    const links = await tx.externalSystemMapping.findMany({
      where: {
        tenantId,
        integrationId: { in: integrations.map((i) => i.id) },
        entity: entity.name,
        externalId: filter.externalId,
      },
      select: { localId: true },
    });
    found.push({ id: { in: links.map((link) => link.localId) } });
  }
  return found;
}

async function withRelations(
  tx: ReadTx,
  tenantId: string,
  entity: Entity,
  rows: readonly Row[],
): Promise<RosterRecordRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const sources = await sourcesOf(tx, tenantId, entity, ids);
  const roles = entity.fields.some((field) => field.kind === 'roles') ? await rolesOf(tx, tenantId, ids) : noRows;
  return rows.map((row) => ({
    id: row.id,
    active: row.active,
    updatedAt: row.updatedAt,
    sources: sources.get(row.id) ?? [],
    ...(syncMarked.has(entity.name) ? marksOf(row, sources.get(row.id) ?? []) : {}),
    ...Object.fromEntries(entity.fields.map((field) => [field.name, valueOf(field, row, roles)])),
  }));
}

async function sourcesOf(tx: ReadTx, tenantId: string, entity: Entity, ids: string[]): Promise<Map<string, Source[]>> {
  const names = new Map(
    (await tx.integration.findMany({ where: { tenantId }, select: { id: true, name: true } })).map((i) => [
      i.id,
      i.name,
    ]),
  );
  const links = await tx.externalSystemMapping.findMany({
    where: { tenantId, localId: { in: ids }, entity: entity.name, state: { not: 'unlinked' } },
    select: { localId: true, integrationId: true, externalId: true, state: true },
    orderBy: [{ integrationId: 'asc' }, { externalId: 'asc' }],
  });
  return grouped(links, (link) => [
    link.localId,
    {
      integration: names.get(link.integrationId) ?? link.integrationId,
      externalId: link.externalId,
      state: link.state,
    },
  ]);
}

/** The status follows from the links, so that it is true without a row being written for it. */
function marksOf(
  row: Row,
  sources: readonly Source[],
): Pick<RosterRecordRow, 'externalId' | 'lastSyncAt' | 'syncStatus'> {
  const states = sources.map(({ state }) => state);
  const status = states.includes('active') ? 'synced' : states.includes('missing') ? 'missing' : 'deactivated';
  const named = sources.find(({ externalId }) => externalId === row['externalId']) ?? sources[0];
  return {
    externalId: named?.externalId ?? null,
    lastSyncAt: (row['lastSyncAt'] as Date | null) ?? null,
    syncStatus: states.length === 0 ? 'local' : status,
  };
}

async function rolesOf(tx: ReadTx, tenantId: string, ids: string[]): Promise<Map<string, object[]>> {
  const roles = await tx.userRole.findMany({
    where: { tenantId, userId: { in: ids } },
    orderBy: [{ integrationId: 'asc' }, { position: 'asc' }],
  });
  return grouped(roles, (r) => [
    r.userId,
    { roleType: r.roleType, role: r.role, org: r.orgId, beginDate: day(r.beginDate), endDate: day(r.endDate) },
  ]);
}

const noRows: ReadonlyMap<string, object[]> = new Map();

function valueOf(field: Field, row: Row, roles: ReadonlyMap<string, object[]>): unknown {
  if (field.kind === 'roles') return roles.get(row.id) ?? [];
  const value = row[property(field.column)] ?? null;
  return field.kind === 'date' ? day(value as Date | null) : value;
}

/** Prisma gives a calendar day as midnight in UTC. */
const day = (date: Date | null): string | null => date && date.toISOString().slice(0, 10);

const property = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function grouped<R, V>(rows: readonly R[], entry: (row: R) => [string, V]): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const [key, value] of rows.map(entry)) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}
