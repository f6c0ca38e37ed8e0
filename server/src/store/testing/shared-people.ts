/**
 * Invented people whom two integrations have, as rows: what a sync of both would have left. The first is the older and so comes first while
 * their ranks are equal; who it is known by and what it says stands in the hub, and what the second says otherwise on its links.
 */
import { randomUUID } from 'node:crypto';
import { addIntegration } from '../integrations.js';
import type { TestDatabase } from './test-database.js';

export interface SharedPeople {
  readonly tenantId: string;
  readonly sis: string;
  readonly library: string;
  /** In the order of their external ids: `s-1`, `l-1`, … */
  readonly people: readonly string[];
}

/** `shared` of the people both have, the next `alone` only the first. */
export async function sharedPeople(
  { app, sql, tenantId: first }: TestDatabase,
  { shared, alone }: { readonly shared: number; readonly alone: number },
  tenantId = first,
): Promise<SharedPeople> {
  const [sis, library] = await app.withTenant(tenantId, async (tx) => {
    const add = async (name: string) => (await addIntegration(tx, { tenantId, name, kind: 'mock', settings: {} })).id;
    return [await add('sis'), await add('library')] as const;
  });
  const people = Array.from({ length: shared + alone }, () => randomUUID());
  const school = randomUUID();
  const at = [tenantId, people];
  await sql(`INSERT INTO orgs (tenant_id, id, name, type) VALUES ($1, $2, 'North School', 'school')`, [
    tenantId,
    school,
  ]);
  await sql(
    `INSERT INTO users (tenant_id, id, given_name, family_name, email, phone, external_id, sync_status)
     SELECT $1, id, 'Ada', 'Quill-' || n, 'ada' || n || '@school.invalid', CASE WHEN n % 2 = 0 THEN '555-0100' END, 's-' || n, 'synced'
     FROM unnest($2::uuid[]) WITH ORDINALITY p(id, n)`,
    at,
  );
  const links = `INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, base_checksum, raw_digest,
    projection_version, base_diff) SELECT $1, $3, 'users', `;
  const of = `id, gen_random_uuid(), gen_random_uuid(), 1`;
  const from = `FROM unnest($2::uuid[]) WITH ORDINALITY p(id, n)`;
  await sql(`${links} 's-' || n, ${of}, NULL ${from}`, [...at, sis]);
  await sql(
    `${links} 'l-' || n, ${of}, jsonb_build_object('email', 'quill' || n || '@library.invalid') ${from} WHERE n <= $4`,
    [...[...at, library, shared]],
  );
  for (const [integration, count] of [
    [sis, shared + alone],
    [library, shared],
  ])
    await sql(
      `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id)
       SELECT $1, id, $3, 1, 'primary', 'student', $4 ${from} WHERE n <= $5`,
      [...at, integration, school, count],
    );
  return { tenantId, sis, library, people };
}
