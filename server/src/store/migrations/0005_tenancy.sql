-- Who may see what. Row-level security is forced on every tenant table; the roles own no roster table and cannot bypass it;
-- staged rows live in a schema of their own without row-level security, which COPY needs, open to the worker alone.

-- Up Migration
CREATE SCHEMA stage;
GRANT USAGE ON SCHEMA public TO rollcall_app;
GRANT USAGE, CREATE ON SCHEMA stage TO rollcall_worker;
GRANT SELECT, INSERT, UPDATE ON tenants TO rollcall_app;
-- A process that serves says whether the schema is the one it was written for.
GRANT SELECT ON schema_migrations TO rollcall_app;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOR tenant_table IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO rollcall_app', tenant_table);
  END LOOP;
END $$;

-- What a person may legitimately see vanish: roles that were replaced, pages and plans that are made anew.
GRANT DELETE ON user_roles, sync_pages, sync_changes, sync_chunks, outbox TO rollcall_app;
-- A run fills tables faster than autovacuum looks at them; the worker itself tells the planner how large they have become.
GRANT MAINTAIN ON sync_changes, external_system_mappings, orgs, academic_sessions, courses, users, user_roles, classes, enrollments
  TO rollcall_worker;
REVOKE UPDATE ON change_log, integration_audit_logs FROM rollcall_app;

-- The sweeper looks across tenants, at these columns only.
GRANT USAGE ON SCHEMA public TO rollcall_sweeper;
GRANT SELECT (tenant_id, id, state, requested_at, resume_at) ON runs TO rollcall_sweeper;
GRANT SELECT (tenant_id, run_id, held_until) ON run_leases TO rollcall_sweeper;
CREATE POLICY sweeper ON runs FOR SELECT TO rollcall_sweeper USING (true);
CREATE POLICY sweeper ON run_leases FOR SELECT TO rollcall_sweeper USING (true);

-- Down Migration
DROP POLICY sweeper ON run_leases;
DROP POLICY sweeper ON runs;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM rollcall_app, rollcall_worker, rollcall_sweeper;
DO $$
DECLARE
  tenant_table text;
BEGIN
  FOR tenant_table IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = 'tenant' LOOP
    EXECUTE format('DROP POLICY tenant ON %I', tenant_table);
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', tenant_table);
  END LOOP;
END $$;
REVOKE ALL ON SCHEMA public FROM rollcall_app, rollcall_sweeper;
DROP SCHEMA stage CASCADE;
