-- Mappings as people keep them: a version for optimistic writes, merged links, and marks that tell every cache which links have moved.

-- Up Migration
ALTER TABLE external_system_mappings ADD COLUMN version integer NOT NULL DEFAULT 1;
-- Links that people have changed are few among many.
CREATE INDEX external_system_mappings_by_people ON external_system_mappings (tenant_id, integration_id, entity) WHERE version > 1;
-- merged: the link still translates, but its record at the source is not written to ours: another link of the integration is.
ALTER TABLE external_system_mappings DROP CONSTRAINT external_system_mappings_state_check;
ALTER TABLE external_system_mappings ADD CONSTRAINT external_system_mappings_state_check
  CHECK (state IN ('active', 'missing', 'deactivated', 'unlinked', 'merged'));

-- What a committed transaction moved. A reader that knows its last snapshot asks for the marks that were not visible then: none is
-- ever lost, and writers never wait for each other. Without ids all links of the integration and entity may have moved.
CREATE TABLE mapping_marks (
  tenant_id uuid NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_ids text[] COLLATE "C",
  local_ids uuid[],
  marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, xid, id)
);
CREATE INDEX mapping_marks_by_age ON mapping_marks (tenant_id, marked_at);
ALTER TABLE mapping_marks ENABLE ROW LEVEL SECURITY;
ALTER TABLE mapping_marks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON mapping_marks
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Locking rows that are to be trimmed needs UPDATE.
GRANT SELECT, INSERT, UPDATE, DELETE ON mapping_marks TO rollcall_app;

-- Old marks are trimmed by those who make new ones; whoever else does so at the moment is not waited for.
CREATE FUNCTION trim_mapping_marks() RETURNS void LANGUAGE sql AS $$
  DELETE FROM mapping_marks m USING (
    SELECT tenant_id, xid, id FROM mapping_marks
    WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid AND marked_at < clock_timestamp() - interval '2 hours'
    ORDER BY marked_at LIMIT 200 FOR UPDATE SKIP LOCKED) old
  WHERE m.tenant_id = old.tenant_id AND m.xid = old.xid AND m.id = old.id
$$;

CREATE FUNCTION mark_new_mappings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  rows bigint;
BEGIN
  SELECT count(*) INTO rows FROM new_rows;
  IF rows BETWEEN 1 AND 100 THEN
    INSERT INTO mapping_marks (tenant_id, integration_id, entity, external_ids, local_ids)
    SELECT tenant_id, integration_id, entity, array_agg(external_id), array_agg(local_id) FROM new_rows GROUP BY 1, 2, 3;
  ELSIF rows > 100 THEN
    INSERT INTO mapping_marks (tenant_id, integration_id, entity)
    SELECT DISTINCT tenant_id, integration_id, entity FROM new_rows;
    PERFORM trim_mapping_marks();
  END IF;
  RETURN NULL;
END $$;

-- For a transaction that moves many links of one integration and entity, and no others: one mark for all of them, now.
CREATE FUNCTION mark_all_mappings(of_tenant uuid, of_integration uuid, of_entity text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mapping_marks (tenant_id, integration_id, entity) VALUES (of_tenant, of_integration, of_entity);
  PERFORM set_config('app.mappings_all_marked', 'true', true);
  PERFORM trim_mapping_marks();
END $$;

-- By row, and only for rows whose translation moves: most updates of links touch checksums alone, and cost nothing here.
CREATE FUNCTION mark_moved_mapping() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  scope text := concat_ws(' ', NEW.tenant_id, NEW.integration_id, NEW.entity);
  marked integer := coalesce(nullif(current_setting('app.mappings_marked', true), ''), '0')::integer;
BEGIN
  IF marked < 100 THEN
    INSERT INTO mapping_marks (tenant_id, integration_id, entity, external_ids, local_ids)
    VALUES (NEW.tenant_id, NEW.integration_id, NEW.entity, ARRAY[OLD.external_id, NEW.external_id], ARRAY[OLD.local_id, NEW.local_id]);
    PERFORM set_config('app.mappings_marked', (marked + 1)::text, true);
  ELSIF current_setting('app.mappings_marked_whole', true) IS DISTINCT FROM scope THEN
    INSERT INTO mapping_marks (tenant_id, integration_id, entity) VALUES (NEW.tenant_id, NEW.integration_id, NEW.entity);
    PERFORM set_config('app.mappings_marked_whole', scope, true);
    PERFORM trim_mapping_marks();
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER mappings_inserted AFTER INSERT ON external_system_mappings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mark_new_mappings();
CREATE TRIGGER mappings_moved AFTER UPDATE ON external_system_mappings FOR EACH ROW
  WHEN ((OLD.local_id IS DISTINCT FROM NEW.local_id OR OLD.state IS DISTINCT FROM NEW.state
    OR OLD.external_id IS DISTINCT FROM NEW.external_id OR OLD.version IS DISTINCT FROM NEW.version)
    AND current_setting('app.mappings_all_marked', true) IS DISTINCT FROM 'true')
  EXECUTE FUNCTION mark_moved_mapping();

-- Down Migration
DROP TRIGGER mappings_inserted ON external_system_mappings;
DROP TRIGGER mappings_moved ON external_system_mappings;
DROP FUNCTION mark_new_mappings();
DROP FUNCTION mark_moved_mapping();
DROP FUNCTION mark_all_mappings(uuid, uuid, text);
DROP FUNCTION trim_mapping_marks();
DROP TABLE mapping_marks;
UPDATE external_system_mappings SET state = 'unlinked' WHERE state = 'merged';
ALTER TABLE external_system_mappings DROP CONSTRAINT external_system_mappings_state_check;
ALTER TABLE external_system_mappings ADD CONSTRAINT external_system_mappings_state_check
  CHECK (state IN ('active', 'missing', 'deactivated', 'unlinked'));
DROP INDEX external_system_mappings_by_people;
ALTER TABLE external_system_mappings DROP COLUMN version;
