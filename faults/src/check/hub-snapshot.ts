/** What the hub of a tenant holds, as a superuser sees it: every row with its link, references turned into external ids. */
import type { EntityName } from '@rollcall/core';
import type { Comparable } from './expected-hub.js';

export type Ask = <Row>(text: string, params?: unknown[]) => Promise<Row[]>;

export interface HubRow {
  readonly localId: string;
  readonly active: boolean;
  /** The links that name it; one, where all is well. */
  readonly externalIds: readonly string[];
  readonly values: Comparable;
}

export type HubSnapshot = ReadonlyMap<EntityName, readonly HubRow[]>;

type Stored = Readonly<Record<string, never>>;

interface Link {
  readonly entity: EntityName;
  readonly local: string;
  readonly external: string;
}

export async function readHub(ask: Ask, tenantId: string): Promise<HubSnapshot> {
  const links = await ask<Link>(
    'SELECT entity, local_id AS local, external_id AS external FROM external_system_mappings WHERE tenant_id = $1',
    [tenantId],
  );
  const names = new Names(links, await rolesOf(ask, tenantId));
  const hub = new Map<EntityName, readonly HubRow[]>();
  for (const [name, { table, values }] of Object.entries(tables) as [EntityName, (typeof tables)[EntityName]][]) {
    const rows = await ask<{ row: Stored }>(`SELECT to_jsonb(t) AS row FROM ${table} t WHERE tenant_id = $1`, [
      tenantId,
    ]);
    hub.set(
      name,
      rows.map(({ row }) => ({
        localId: row.id!,
        active: row.active!,
        externalIds: names.all(name, row.id!),
        values: values(row, names),
      })),
    );
  }
  return hub;
}

async function rolesOf(ask: Ask, tenantId: string): Promise<readonly StoredRole[]> {
  return ask<StoredRole>(
    'SELECT user_id AS "user", role_type AS type, role, org_id AS org FROM user_roles WHERE tenant_id = $1',
    [tenantId],
  );
}

interface StoredRole {
  readonly user: string;
  readonly type: string;
  readonly role: string;
  readonly org: string;
}

class Names {
  readonly #links = new Map<string, string[]>();
  readonly #external = new Map<string, string>();
  readonly #roles = new Map<string, string[]>();

  constructor(links: readonly Link[], roles: readonly StoredRole[]) {
    for (const { entity, local, external } of links) {
      push(this.#links, `${entity} ${local}`, external);
      this.#external.set(local, external);
    }
    for (const { user, type, role, org } of roles) push(this.#roles, user, [type, role, this.one(org)].join(' '));
  }

  all(entity: EntityName, local: string): readonly string[] {
    return this.#links.get(`${entity} ${local}`) ?? [];
  }

  one(local: string | null | undefined): string | null {
    return local ? (this.#external.get(local) ?? local) : null;
  }

  many(locals: readonly string[]): unknown {
    return locals.map((local) => this.one(local)).toSorted();
  }

  roles(user: string): unknown {
    return (this.#roles.get(user) ?? []).toSorted();
  }
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const list = (values: readonly string[]): unknown => [...values].toSorted();

const tables: Readonly<Record<EntityName, { table: string; values: (row: Stored, names: Names) => Comparable }>> = {
  orgs: {
    table: 'orgs',
    values: (row, names) => ({
      name: row.name,
      type: row.type,
      identifier: row.identifier,
      parent: names.one(row.parent_id),
    }),
  },
  academicSessions: {
    table: 'academic_sessions',
    values: (row, names) => ({
      title: row.title,
      type: row.type,
      start: row.start_date,
      end: row.end_date,
      year: row.school_year,
      parent: names.one(row.parent_id),
      org: names.one(row.org_id),
    }),
  },
  courses: {
    table: 'courses',
    values: (row, names) => ({
      title: row.title,
      code: row.course_code,
      grades: list(row.grades!),
      subjects: list(row.subjects!),
      org: names.one(row.org_id),
      year: names.one(row.school_year_id),
    }),
  },
  users: {
    table: 'users',
    values: (row, names) => ({
      given: row.given_name,
      family: row.family_name,
      middle: row.middle_name,
      username: row.username,
      email: row.email,
      enabled: row.enabled_user,
      grades: list(row.grades!),
      school: names.one(row.school_id),
      agents: names.many(row.agent_ids!),
      roles: names.roles(row.id!),
    }),
  },
  classes: {
    table: 'classes',
    values: (row, names) => ({
      title: row.title,
      code: row.class_code,
      type: row.class_type,
      grades: list(row.grades!),
      course: names.one(row.course_id),
      school: names.one(row.school_id),
      terms: names.many(row.term_ids!),
    }),
  },
  enrollments: {
    table: 'enrollments',
    values: (row, names) => ({
      role: row.role,
      primary: row.is_primary,
      begin: row.begin_date,
      end: row.end_date,
      user: names.one(row.user_id),
      class: names.one(row.class_id),
      school: names.one(row.school_id),
    }),
  },
};
