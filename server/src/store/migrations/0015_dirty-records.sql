-- Real-time: records that something said have changed, each waiting to be read by its id; and how an integration is read when
-- nobody says otherwise, which is part of its configuration.

-- Up Migration
-- marks counts how often a record was marked; taken_marks is the count when run_id took it up. Only equal ones are done with.
CREATE TABLE dirty_records (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('manual', 'api', 'webhook')),
  marks integer NOT NULL DEFAULT 1,
  first_marked_at timestamptz NOT NULL DEFAULT now(),
  last_marked_at timestamptz NOT NULL DEFAULT now(),
  source text,
  run_id uuid,
  taken_marks integer,
  PRIMARY KEY (tenant_id, integration_id, entity, external_id),
  CHECK ((run_id IS NULL) = (taken_marks IS NULL)),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
ALTER TABLE dirty_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE dirty_records FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dirty_records
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON dirty_records TO rollcall_app;

ALTER TABLE runs DROP CONSTRAINT runs_mode_check;
ALTER TABLE runs ADD CONSTRAINT runs_mode_check
  CHECK (mode IN ('full', 'plan', 'incremental', 'records', 'apply', 'undo'));

ALTER TABLE integration_configurations
  ADD COLUMN strategy text NOT NULL DEFAULT 'full' CHECK (strategy IN ('full', 'incremental', 'real-time')),
  ADD COLUMN full_every_seconds integer CHECK (full_every_seconds BETWEEN 3600 AND 2592000);

-- A schedule without a strategy asks for what the integration's says.
ALTER TABLE integration_schedules ALTER COLUMN strategy DROP NOT NULL;

-- What the sweeper needs to wake integrations: that there are marks, never of whom.
GRANT SELECT (tenant_id, integration_id, trigger) ON dirty_records TO rollcall_sweeper;
GRANT SELECT (tenant_id, integration_id, version, strategy, full_every_seconds) ON integration_configurations TO rollcall_sweeper;
GRANT SELECT (configuration_version) ON integrations TO rollcall_sweeper;
GRANT SELECT (mode, finished_at) ON runs TO rollcall_sweeper;
CREATE POLICY sweeper ON dirty_records FOR SELECT TO rollcall_sweeper USING (true);
CREATE POLICY sweeper ON integration_configurations FOR SELECT TO rollcall_sweeper USING (true);

-- Down Migration
REVOKE SELECT (mode, finished_at) ON runs FROM rollcall_sweeper;
REVOKE SELECT (configuration_version) ON integrations FROM rollcall_sweeper;
DROP POLICY sweeper ON integration_configurations;
REVOKE SELECT (tenant_id, integration_id, version, strategy, full_every_seconds) ON integration_configurations FROM rollcall_sweeper;
ALTER TABLE integration_schedules ALTER COLUMN strategy SET NOT NULL;
ALTER TABLE integration_configurations DROP COLUMN strategy, DROP COLUMN full_every_seconds;
ALTER TABLE runs DROP CONSTRAINT runs_mode_check;
ALTER TABLE runs ADD CONSTRAINT runs_mode_check CHECK (mode IN ('full', 'plan', 'incremental', 'apply', 'undo'));
DROP TABLE dirty_records;
