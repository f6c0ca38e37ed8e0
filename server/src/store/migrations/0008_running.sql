-- When runs start and when they must not: pauses of integrations, schedules, and what each schedule did at each due time.

-- Up Migration
-- A pause is a person's word; what runs say of an integration stands in integration_status and does not end it.
ALTER TABLE integrations ADD COLUMN paused_at timestamptz, ADD COLUMN paused_reason text, ADD COLUMN paused_by text,
  ADD CONSTRAINT integrations_pause_has_reason
    CHECK ((paused_at IS NULL) = (paused_reason IS NULL) AND (paused_at IS NULL) = (paused_by IS NULL));

-- due_at is the time that cron or interval name; fire_at adds the jitter. Removed schedules stay, for their trail.
CREATE TABLE integration_schedules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  cron text,
  every_seconds integer CHECK (every_seconds >= 60),
  time_zone text NOT NULL,
  jitter_seconds integer NOT NULL DEFAULT 0 CHECK (jitter_seconds BETWEEN 0 AND 86400),
  blackouts text[] NOT NULL DEFAULT '{}',
  strategy text NOT NULL CHECK (strategy IN ('full', 'incremental')),
  enabled boolean NOT NULL DEFAULT true,
  due_at timestamptz NOT NULL,
  fire_at timestamptz NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((cron IS NULL) <> (every_seconds IS NULL)),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX integration_schedules_by_integration ON integration_schedules (tenant_id, integration_id);

-- The key is what makes two schedulers start one run.
CREATE TABLE schedule_firings (
  tenant_id uuid NOT NULL,
  schedule_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('requested', 'joined', 'skipped')),
  reason text,
  run_id uuid,
  fired_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id, due_at),
  FOREIGN KEY (tenant_id, schedule_id) REFERENCES integration_schedules (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['integration_schedules', 'schedule_firings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO rollcall_app', tenant_table);
  END LOOP;
END $$;

-- What the sweeper needs to put waiting runs in order, to leave paused integrations alone, and to see what is due.
GRANT SELECT (integration_id, trigger, attempt) ON runs TO rollcall_sweeper;
GRANT SELECT (tenant_id, id, paused_at) ON integrations TO rollcall_sweeper;
GRANT SELECT (tenant_id, id, enabled, removed_at, fire_at) ON integration_schedules TO rollcall_sweeper;
CREATE POLICY sweeper ON integrations FOR SELECT TO rollcall_sweeper USING (true);
CREATE POLICY sweeper ON integration_schedules FOR SELECT TO rollcall_sweeper USING (true);

-- Down Migration
DROP TABLE schedule_firings, integration_schedules;
DROP POLICY sweeper ON integrations;
REVOKE SELECT (tenant_id, id, paused_at) ON integrations FROM rollcall_sweeper;
REVOKE SELECT (integration_id, trigger, attempt) ON runs FROM rollcall_sweeper;
ALTER TABLE integrations DROP COLUMN paused_at, DROP COLUMN paused_reason, DROP COLUMN paused_by;
