-- What happened: every changed hub row by trigger, every integration activity, and the outbox of messages to send.

-- Up Migration
-- Readers use the cursor (xid, id) below pg_snapshot_xmin(pg_current_snapshot()): a cursor by id alone loses rows.
CREATE TABLE change_log (
  tenant_id uuid NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  entity text COLLATE "C" NOT NULL,
  local_id uuid NOT NULL,
  operation text COLLATE "C" NOT NULL,
  origin text COLLATE "C" NOT NULL,
  run_id uuid,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, xid, id)
);

CREATE TABLE integration_audit_logs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid,
  run_id uuid,
  entity text COLLATE "C",
  action text NOT NULL,
  actor text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX integration_audit_logs_by_run ON integration_audit_logs (tenant_id, run_id);

CREATE TABLE outbox (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

CREATE FUNCTION record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  by_whom text := coalesce(nullif(current_setting('app.origin', true), ''), 'unknown');
  in_run uuid := nullif(current_setting('app.run', true), '')::uuid;
BEGIN
  INSERT INTO change_log (tenant_id, entity, local_id, operation, origin, run_id)
  SELECT tenant_id, TG_TABLE_NAME, id, TG_OP, by_whom, in_run FROM new_rows;
  RETURN NULL;
END $$;

-- Refuses a statement whose rows refer to rows that the tenant does not have. Arguments: column, referenced table, pairwise.
CREATE FUNCTION prove_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found_bad boolean;
BEGIN
  FOR i IN 0 .. TG_NARGS - 2 BY 2 LOOP
    EXECUTE format(
      'SELECT EXISTS (SELECT FROM new_rows n LEFT JOIN %I r ON r.tenant_id = n.tenant_id AND r.id = n.%I
                      WHERE n.%I IS NOT NULL AND r.id IS NULL)', TG_ARGV[i + 1], TG_ARGV[i], TG_ARGV[i])
    INTO found_bad;
    IF found_bad THEN
      RAISE foreign_key_violation USING MESSAGE = format('%s.%s refers to a row of %s that does not exist',
        TG_TABLE_NAME, TG_ARGV[i], TG_ARGV[i + 1]);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

DO $$
DECLARE
  hub text;
BEGIN
  FOREACH hub IN ARRAY ARRAY['orgs', 'academic_sessions', 'courses', 'users', 'classes', 'enrollments'] LOOP
    EXECUTE format('CREATE TRIGGER changes_inserted AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION record_changes()', hub);
    EXECUTE format('CREATE TRIGGER changes_updated AFTER UPDATE ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION record_changes()', hub);
  END LOOP;
END $$;

DO $$
DECLARE
  proof text[];
BEGIN
  FOREACH proof SLICE 1 IN ARRAY ARRAY[
    ['academic_sessions', '''org_id'', ''orgs'''],
    ['courses', '''org_id'', ''orgs'', ''school_year_id'', ''academic_sessions'''],
    ['users', '''school_id'', ''orgs'''],
    ['user_roles', '''user_id'', ''users'', ''org_id'', ''orgs'''],
    ['classes', '''course_id'', ''courses'', ''school_id'', ''orgs'''],
    ['enrollments', '''user_id'', ''users'', ''class_id'', ''classes'', ''school_id'', ''orgs''']
  ] LOOP
    EXECUTE format('CREATE TRIGGER references_inserted AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION prove_references(%s)', proof[1], proof[2]);
    EXECUTE format('CREATE TRIGGER references_updated AFTER UPDATE ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION prove_references(%s)', proof[1], proof[2]);
  END LOOP;
END $$;

-- Down Migration
DO $$
DECLARE
  hub text;
BEGIN
  FOREACH hub IN ARRAY ARRAY['orgs', 'academic_sessions', 'courses', 'users', 'user_roles', 'classes', 'enrollments'] LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS changes_inserted ON %I', hub);
    EXECUTE format('DROP TRIGGER IF EXISTS changes_updated ON %I', hub);
    EXECUTE format('DROP TRIGGER IF EXISTS references_inserted ON %I', hub);
    EXECUTE format('DROP TRIGGER IF EXISTS references_updated ON %I', hub);
  END LOOP;
END $$;
DROP FUNCTION prove_references(), record_changes();
DROP TABLE outbox, integration_audit_logs, change_log;
