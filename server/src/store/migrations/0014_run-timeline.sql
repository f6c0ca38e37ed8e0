-- What happened in a run, event by event; and what the worker's metrics look at across tenants: numbers and words of fixed lists.

-- Up Migration
-- Rows are only ever added, and go with their run. figures: counts, times and words of the code, never a record's values.
CREATE TABLE run_events (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempt integer NOT NULL,
  kind text COLLATE "C" NOT NULL,
  entity text COLLATE "C",
  figures jsonb NOT NULL,
  PRIMARY KEY (tenant_id, run_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE run_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_events
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT ON run_events TO rollcall_app;

-- When the integration's whole roster was last read and settled; a run that read incompletely does not count.
ALTER TABLE integration_status ADD COLUMN last_complete_at timestamptz;

GRANT SELECT (kind, created_at) ON integrations TO rollcall_sweeper;
GRANT SELECT (tenant_id, integration_id, last_complete_at) ON integration_status TO rollcall_sweeper;
GRANT SELECT (tenant_id, state, entity) ON holds TO rollcall_sweeper;
CREATE POLICY sweeper ON integration_status FOR SELECT TO rollcall_sweeper USING (true);
CREATE POLICY sweeper ON holds FOR SELECT TO rollcall_sweeper USING (true);

-- Down Migration
DROP POLICY sweeper ON holds;
DROP POLICY sweeper ON integration_status;
REVOKE SELECT (tenant_id, state, entity) ON holds FROM rollcall_sweeper;
REVOKE SELECT (tenant_id, integration_id, last_complete_at) ON integration_status FROM rollcall_sweeper;
REVOKE SELECT (kind, created_at) ON integrations FROM rollcall_sweeper;
ALTER TABLE integration_status DROP COLUMN last_complete_at;
DROP TABLE run_events;
