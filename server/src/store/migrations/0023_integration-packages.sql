-- The package that an integration took last, from an upload or from its folder: the same one again is no new work.

-- Up Migration
CREATE TABLE integration_packages (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  digest text COLLATE "C" NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  bytes bigint NOT NULL,
  run_id uuid NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, integration_id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
ALTER TABLE integration_packages ENABLE ROW LEVEL SECURITY;
ALTER TABLE integration_packages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON integration_packages
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON integration_packages TO rollcall_app;

-- Down Migration
DROP TABLE integration_packages;
