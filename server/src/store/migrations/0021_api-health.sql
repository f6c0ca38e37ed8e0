-- How the systems around us fare: calls counted by endpoint and outcome, checks, deviations from what is usual, and a score with its
-- reasons. Addresses, ids and people never come here.

-- Up Migration
-- grain: rows of five minutes are summed into hours, and hours into days; each is kept for as long as its grain says (health/grains.ts).
-- latencies: how many calls took at most each of the bounds of health/latency.ts, the last one being all that took longer.
CREATE TABLE api_call_stats (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  grain text COLLATE "C" NOT NULL CHECK (grain IN ('5m', 'hour', 'day')),
  at timestamptz NOT NULL,
  operation text COLLATE "C" NOT NULL CHECK (operation ~ '^[a-z][A-Za-z.-]{0,63}$'),
  outcome text COLLATE "C" NOT NULL,
  calls bigint NOT NULL,
  total_ms bigint NOT NULL,
  longest_ms bigint NOT NULL,
  latencies bigint[] NOT NULL,
  PRIMARY KEY (tenant_id, integration_id, grain, at, operation, outcome),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);

CREATE TABLE health_checks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  checked_at timestamptz NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'person')),
  status text NOT NULL CHECK (status IN ('healthy', 'degraded', 'unhealthy')),
  duration_ms integer NOT NULL,
  code text COLLATE "C",
  reason text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX health_checks_by_time ON health_checks (tenant_id, integration_id, checked_at);

-- An alert is open while the deviation lasts; each endpoint has one of a kind at a time. operation is '' for the whole integration.
CREATE TABLE health_alerts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('slow', 'errors', 'unreachable')),
  operation text COLLATE "C" NOT NULL DEFAULT '',
  observed double precision NOT NULL,
  usual double precision,
  sentence text NOT NULL,
  opened_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE UNIQUE INDEX health_alerts_open ON health_alerts (tenant_id, integration_id, kind, operation) WHERE closed_at IS NULL;
CREATE INDEX health_alerts_by_time ON health_alerts (tenant_id, integration_id, opened_at);

DO $$
DECLARE
  added text;
BEGIN
  FOREACH added IN ARRAY ARRAY['api_call_stats', 'health_checks', 'health_alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', added);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', added);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', added);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO rollcall_app', added);
  END LOOP;
END $$;

-- failing_since: the first of the checks in a row that found the source ill. next_check_at: when a worker looks again.
ALTER TABLE integration_status
  ADD COLUMN check_status text,
  ADD COLUMN check_code text,
  ADD COLUMN check_reason text,
  ADD COLUMN check_ms integer,
  ADD COLUMN checked_at timestamptz,
  ADD COLUMN failing_since timestamptz,
  ADD COLUMN next_check_at timestamptz,
  ADD COLUMN health_score smallint,
  ADD COLUMN health_reasons text[] NOT NULL DEFAULT '{}';
GRANT SELECT (next_check_at, check_status, health_score) ON integration_status TO rollcall_sweeper;

-- Down Migration
REVOKE SELECT (next_check_at, check_status, health_score) ON integration_status FROM rollcall_sweeper;
ALTER TABLE integration_status DROP COLUMN check_status, DROP COLUMN check_code, DROP COLUMN check_reason, DROP COLUMN check_ms,
  DROP COLUMN checked_at, DROP COLUMN failing_since, DROP COLUMN next_check_at, DROP COLUMN health_score, DROP COLUMN health_reasons;
DROP TABLE health_alerts, health_checks, api_call_stats;
