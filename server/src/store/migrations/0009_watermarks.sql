-- Watermarks: up to which time of the provider's own clock an entity has been read, and on what grounds a later read may begin there.

-- Up Migration
CREATE TABLE sync_watermarks (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  watermark timestamptz NOT NULL,
  provider_time timestamptz NOT NULL,
  projection_version smallint NOT NULL,
  configuration_version integer NOT NULL,
  read_in_full_at timestamptz NOT NULL,
  run_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, integration_id, entity),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
ALTER TABLE sync_watermarks ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_watermarks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_watermarks
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sync_watermarks TO rollcall_app;

-- since: the phase reads what was modified from then on; null reads everything. full_because says why an incremental run did.
ALTER TABLE run_entities ADD COLUMN since timestamptz, ADD COLUMN full_because text;

-- Down Migration
ALTER TABLE run_entities DROP COLUMN since, DROP COLUMN full_because;
DROP TABLE sync_watermarks;
