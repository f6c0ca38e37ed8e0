/**
 * What in the database's catalogue would let one tenant reach another: the known holes of row-level security, each as a query
 * for its offenders. An empty list is the promise; a test plants every kind of hole and expects it here.
 */
import type pg from 'pg';

/** Each as `rule: offender`. */
export async function catalogueFaults(client: pg.Client): Promise<string[]> {
  const all = Object.entries(rules).map(
    ([rule, sql]) => `SELECT $rule$${rule}: $rule$ || offender AS fault FROM (${sql}) r`,
  );
  const { rows } = await client.query<{ fault: string }>(all.join('\nUNION ALL\n'));
  return rows.map(({ fault }) => fault);
}

/** Tables that belong to no tenant. Staged rows live in a schema of their own, which the application's role cannot enter. */
const withoutTenant = `('tenants', 'schema_migrations')`;
const roles = `('rollcall_app', 'rollcall_worker', 'rollcall_sweeper')`;

const hasTenant = `EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)`;
const tables = `pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`;
const tenantTables = `${tables} AND ${hasTenant}`;
const attribute = (table: string, number: string) =>
  `(SELECT attname FROM pg_attribute WHERE attrelid = ${table} AND attnum = ${number})`;

const qual = `(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)`;
const isTenantPolicy = `p.polname = 'tenant' AND p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
  AND pg_get_expr(p.polqual, p.polrelid) = $$${qual}$$ AND pg_get_expr(p.polwithcheck, p.polrelid) = $$${qual}$$`;
const isSweeperPolicy = `p.polname = 'sweeper' AND p.polcmd = 'r' AND p.polroles = ARRAY['rollcall_sweeper'::regrole::oid]
  AND p.polrelid IN ('runs'::regclass, 'run_leases'::regclass, 'integrations'::regclass, 'integration_schedules'::regclass,
    'dirty_records'::regclass, 'integration_configurations'::regclass, 'integration_status'::regclass, 'holds'::regclass)`;

const rules: Readonly<Record<string, string>> = {
  'a table without a tenant': `SELECT c.relname AS offender FROM ${tables} AND NOT ${hasTenant} AND c.relname NOT IN ${withoutTenant}`,
  'a tenant that may be missing': `SELECT c.relname AS offender FROM ${tenantTables}
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attnotnull)`,
  'row-level security is not on': `SELECT c.relname AS offender FROM ${tenantTables} AND NOT c.relrowsecurity`,
  'row-level security is not forced': `SELECT c.relname AS offender FROM ${tenantTables} AND NOT c.relforcerowsecurity`,
  'no policy for the tenant': `SELECT c.relname AS offender FROM ${tenantTables}
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND ${isTenantPolicy})`,
  'a policy that nobody knows': `SELECT p.polrelid::regclass || '.' || p.polname AS offender FROM pg_policy p
    WHERE NOT (${isTenantPolicy}) AND NOT (${isSweeperPolicy})`,
  'an index that does not begin with the tenant': `SELECT i.indexrelid::regclass::text AS offender
    FROM ${tables.replace('pg_class c', 'pg_class c JOIN pg_index i ON i.indrelid = c.oid')} AND ${hasTenant}
    AND ${attribute('c.oid', 'i.indkey[0]')} IS DISTINCT FROM 'tenant_id'`,
  'a foreign key without the tenant': `SELECT k.conrelid::regclass || '.' || k.conname AS offender FROM pg_constraint k
    WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND k.confrelid <> 'tenants'::regclass
      AND (${attribute('k.conrelid', 'k.conkey[1]')} <> 'tenant_id' OR ${attribute('k.confrelid', 'k.confkey[1]')} <> 'tenant_id')`,
  'a function with its owner’s rights': `SELECT oid::regprocedure::text AS offender FROM pg_proc
    WHERE prosecdef AND pronamespace::regnamespace::text NOT LIKE 'pg_%'`,
  'a view with its owner’s rights': `SELECT c.oid::regclass::text AS offender FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)`,
  'a materialised view': `SELECT c.oid::regclass::text AS offender FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'm'`,
  'a role that stands above the rules': `SELECT rolname AS offender FROM pg_roles WHERE rolname IN ('rollcall_owner', ${roles.slice(1)}
    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`,
  'a role that can become the owner': `SELECT rolname AS offender FROM pg_roles
    WHERE rolname IN ${roles} AND pg_has_role(rolname, 'rollcall_owner', 'MEMBER')`,
  'a role that owns what it uses': `SELECT c.relname AS offender FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) IN ${roles}`,
  'a right that ignores row-level security': `SELECT c.relname || ' for ' || holder || ': ' || g.privilege_type AS offender
    FROM pg_class c, aclexplode(c.relacl) g, coalesce(nullif(g.grantee, 0)::regrole::text, 'public') holder
    WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
      AND (g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') OR g.grantee = 0 OR g.is_grantable)`,
  'a roster that can be deleted': `SELECT c.relname AS offender FROM pg_class c
    WHERE c.relname IN ('orgs', 'academic_sessions', 'courses', 'users', 'classes', 'enrollments', 'external_system_mappings')
      AND c.relnamespace = 'public'::regnamespace AND has_table_privilege('rollcall_worker', c.oid, 'DELETE')`,
  'a trail that can be rewritten': `SELECT c.relname AS offender FROM pg_class c
    WHERE c.relname IN ('change_log', 'integration_audit_logs', 'hold_decisions', 'run_events') AND c.relnamespace = 'public'::regnamespace
      AND (has_table_privilege('rollcall_worker', c.oid, 'UPDATE') OR has_table_privilege('rollcall_worker', c.oid, 'DELETE'))`,
  'a schema that the roles may add to': `SELECT rolname AS offender FROM pg_roles
    WHERE rolname IN ${roles} AND has_schema_privilege(rolname, 'public', 'CREATE')`,
  'staged rows in reach of the application': `SELECT 'rollcall_app' AS offender WHERE has_schema_privilege('rollcall_app', 'stage', 'USAGE')`,
};
