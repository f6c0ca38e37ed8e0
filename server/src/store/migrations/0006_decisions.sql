-- Decisions of people: what was approved or declined of a hold, what was undone, and what is not to be planned again while the
-- source keeps sending it.

-- Up Migration
ALTER TABLE runs DROP CONSTRAINT runs_mode_check;
ALTER TABLE runs ADD CONSTRAINT runs_mode_check CHECK (mode IN ('full', 'plan', 'incremental', 'apply', 'undo'));
ALTER TABLE runs ADD COLUMN hold_id uuid, ADD COLUMN undoes_run_id uuid, ADD COLUMN selection uuid[],
  ADD COLUMN requested_by text, ADD COLUMN request_reason text,
  ADD FOREIGN KEY (tenant_id, hold_id) REFERENCES holds (tenant_id, id),
  ADD FOREIGN KEY (tenant_id, undoes_run_id) REFERENCES runs (tenant_id, id);

-- base_before and base_after are the link's base around the change, so that undoing can restore it.
ALTER TABLE sync_changes ADD COLUMN base_before uuid, ADD COLUMN base_after uuid;
ALTER TABLE sync_chunks ADD COLUMN xid xid8;
ALTER TABLE sync_changes DROP CONSTRAINT sync_changes_state_check;
ALTER TABLE sync_changes ADD CONSTRAINT sync_changes_state_check
  CHECK (state IN ('held', 'blocked', 'stale', 'conflict', 'released', 'declined', 'undone'));

-- checksum null declines the record's absence.
CREATE TABLE declined_changes (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  checksum uuid,
  operation text COLLATE "C" NOT NULL,
  run_id uuid NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  declined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, integration_id, entity, external_id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);

CREATE TABLE hold_decisions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  hold_id uuid NOT NULL,
  decision text NOT NULL CHECK (decision IN ('approved', 'declined')),
  digest text NOT NULL,
  row_count integer NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  run_id uuid,
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, hold_id) REFERENCES holds (tenant_id, id)
);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['declined_changes', 'hold_decisions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO rollcall_app', tenant_table);
  END LOOP;
END $$;
REVOKE UPDATE, DELETE ON hold_decisions FROM rollcall_app;

-- Down Migration
DROP TABLE hold_decisions, declined_changes;
ALTER TABLE sync_chunks DROP COLUMN xid;
ALTER TABLE sync_changes DROP CONSTRAINT sync_changes_state_check;
ALTER TABLE sync_changes ADD CONSTRAINT sync_changes_state_check CHECK (state IN ('held', 'blocked', 'stale', 'conflict'));
ALTER TABLE sync_changes DROP COLUMN base_before, DROP COLUMN base_after;
ALTER TABLE runs DROP COLUMN hold_id, DROP COLUMN undoes_run_id, DROP COLUMN selection,
  DROP COLUMN requested_by, DROP COLUMN request_reason;
ALTER TABLE runs DROP CONSTRAINT runs_mode_check;
ALTER TABLE runs ADD CONSTRAINT runs_mode_check CHECK (mode IN ('full', 'plan'));
