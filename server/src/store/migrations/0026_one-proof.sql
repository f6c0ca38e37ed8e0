-- The proof of an update joins old and new rows once, however many references a row has; an update that sets none of them proves
-- nothing at all, which a trigger on those columns tells.

-- Up Migration
CREATE FUNCTION note_set_references() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.set_references_of_' || TG_TABLE_NAME, 'true', true);
  RETURN NULL;
END $$;

DO $$
DECLARE
  proof text[];
BEGIN
  FOREACH proof SLICE 1 IN ARRAY ARRAY[
    ['academic_sessions', 'org_id'],
    ['courses', 'org_id, school_year_id'],
    ['users', 'school_id'],
    ['classes', 'course_id, school_id'],
    ['enrollments', 'user_id, class_id, school_id']
  ] LOOP
    EXECUTE format('CREATE TRIGGER references_set BEFORE UPDATE OF tenant_id, id, %s ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION note_set_references()', proof[2], proof[1]);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION prove_moved_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  led_nowhere text;
  whens text := '';
  bad integer;
BEGIN
  -- Once a transaction has set references, all its later updates of the table are proven too.
  IF current_setting('app.set_references_of_' || TG_TABLE_NAME, true) IS DISTINCT FROM 'true' THEN RETURN NULL; END IF;
  FOR i IN 0 .. TG_NARGS - 2 BY 2 LOOP
    led_nowhere := format(
      'n.%1$I IS NOT NULL AND n.%1$I IS DISTINCT FROM o.%1$I
         AND NOT EXISTS (SELECT FROM %2$I r WHERE r.tenant_id = n.tenant_id AND r.id = n.%1$I)', TG_ARGV[i], TG_ARGV[i + 1]);
    whens := whens || format(' WHEN %s THEN %s', led_nowhere, i);
  END LOOP;
  EXECUTE format(
    'SELECT min(CASE %s END) FROM new_rows n LEFT JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id', whens)
  INTO bad;
  IF bad IS NOT NULL THEN
    RAISE foreign_key_violation USING MESSAGE = format('%s.%s refers to a row of %s that does not exist',
      TG_TABLE_NAME, TG_ARGV[bad], TG_ARGV[bad + 1]);
  END IF;
  RETURN NULL;
END $$;

-- Down Migration
DO $$
DECLARE
  hub text;
BEGIN
  FOREACH hub IN ARRAY ARRAY['academic_sessions', 'courses', 'users', 'classes', 'enrollments'] LOOP
    EXECUTE format('DROP TRIGGER references_set ON %I', hub);
  END LOOP;
END $$;
DROP FUNCTION note_set_references();
CREATE OR REPLACE FUNCTION prove_moved_references() RETURNS trigger LANGUAGE plpgsql AS $$
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
