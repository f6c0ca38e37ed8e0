-- How an integration's new records find ours: rules and thresholds that people set beside the defaults. Settings are never changed:
-- setting them anew removes the old ones, so that it stays known what held when.

-- Up Migration
CREATE TABLE match_settings (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  settings jsonb NOT NULL,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE UNIQUE INDEX match_settings_one ON match_settings (tenant_id, integration_id) WHERE removed_at IS NULL;
ALTER TABLE match_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE match_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON match_settings
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON match_settings TO rollcall_app;

-- Down Migration
DROP TABLE match_settings;
