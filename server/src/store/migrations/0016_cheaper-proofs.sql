-- Proofs that cost by statement instead of by row: an update that moves no reference has nothing to prove, and a declined change
-- refers to its integration like roster rows do.

-- Up Migration
-- Arguments as of prove_references. Rows are matched by their ids; one whose id is new is proven like a new row.
CREATE FUNCTION prove_moved_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found_bad boolean;
BEGIN
  FOR i IN 0 .. TG_NARGS - 2 BY 2 LOOP
    EXECUTE format(
      'SELECT EXISTS (SELECT FROM new_rows n LEFT JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
                      WHERE n.%I IS NOT NULL AND n.%I IS DISTINCT FROM o.%I
                        AND NOT EXISTS (SELECT FROM %I r WHERE r.tenant_id = n.tenant_id AND r.id = n.%I))',
      TG_ARGV[i], TG_ARGV[i], TG_ARGV[i], TG_ARGV[i + 1], TG_ARGV[i])
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
  proof text[];
BEGIN
  FOREACH proof SLICE 1 IN ARRAY ARRAY[
    ['academic_sessions', '''org_id'', ''orgs'''],
    ['courses', '''org_id'', ''orgs'', ''school_year_id'', ''academic_sessions'''],
    ['users', '''school_id'', ''orgs'''],
    ['classes', '''course_id'', ''courses'', ''school_id'', ''orgs'''],
    ['enrollments', '''user_id'', ''users'', ''class_id'', ''classes'', ''school_id'', ''orgs''']
  ] LOOP
    EXECUTE format('DROP TRIGGER references_updated ON %I', proof[1]);
    EXECUTE format('CREATE TRIGGER references_updated AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION prove_moved_references(%s)', proof[1], proof[2]);
  END LOOP;
END $$;

ALTER TABLE declined_changes DROP CONSTRAINT declined_changes_tenant_id_integration_id_fkey;
CREATE TRIGGER references_inserted AFTER INSERT ON declined_changes REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION prove_references('integration_id', 'integrations');
CREATE TRIGGER references_updated AFTER UPDATE ON declined_changes REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION prove_references('integration_id', 'integrations');

-- Down Migration
DROP TRIGGER references_inserted ON declined_changes;
DROP TRIGGER references_updated ON declined_changes;
ALTER TABLE declined_changes ADD FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id);
DO $$
DECLARE
  proof text[];
BEGIN
  FOREACH proof SLICE 1 IN ARRAY ARRAY[
    ['academic_sessions', '''org_id'', ''orgs'''],
    ['courses', '''org_id'', ''orgs'', ''school_year_id'', ''academic_sessions'''],
    ['users', '''school_id'', ''orgs'''],
    ['classes', '''course_id'', ''courses'', ''school_id'', ''orgs'''],
    ['enrollments', '''user_id'', ''users'', ''class_id'', ''classes'', ''school_id'', ''orgs''']
  ] LOOP
    EXECUTE format('DROP TRIGGER references_updated ON %I', proof[1]);
    EXECUTE format('CREATE TRIGGER references_updated AFTER UPDATE ON %I REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION prove_references(%s)', proof[1], proof[2]);
  END LOOP;
END $$;
DROP FUNCTION prove_moved_references();
