-- What could not be done after its tries, until a person or a later run settles it; corrections of single fields that a person made
-- so that a record passes; and what a run's stops are counted by.

-- Up Migration
-- A letter holds no payload: a record's rejection stands in rejected_records, its row, if it was staged, in the stage of run_id.
CREATE TABLE dead_letters (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('record', 'run', 'decision', 'schedule')),
  entity text COLLATE "C",
  external_id text COLLATE "C",
  schedule_id uuid,
  error_class text NOT NULL,
  code text NOT NULL,
  field text,
  fingerprint text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  configuration_version integer NOT NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'edited', 'discarded', 'passed')),
  run_id uuid,
  stage_row bigint,
  replay_run_id uuid,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  settled_by text,
  settled_reason text,
  PRIMARY KEY (tenant_id, id),
  CHECK (kind <> 'record' OR (entity IS NOT NULL AND external_id IS NOT NULL)),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id),
  FOREIGN KEY (tenant_id, replay_run_id) REFERENCES runs (tenant_id, id),
  FOREIGN KEY (tenant_id, schedule_id) REFERENCES integration_schedules (tenant_id, id)
);
CREATE UNIQUE INDEX dead_letters_one_a_record ON dead_letters (tenant_id, integration_id, entity, external_id)
  WHERE kind = 'record' AND state IN ('open', 'replayed', 'edited');
CREATE UNIQUE INDEX dead_letters_one_a_run ON dead_letters (tenant_id, run_id) WHERE kind IN ('run', 'decision');
CREATE UNIQUE INDEX dead_letters_one_a_schedule ON dead_letters (tenant_id, schedule_id)
  WHERE kind = 'schedule' AND state IN ('open', 'replayed');
CREATE INDEX dead_letters_by_fingerprint ON dead_letters (tenant_id, integration_id, fingerprint);

-- source_digest is of the source's own value when the correction was first applied; another value ends the correction.
CREATE TABLE corrections (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  letter_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  field text COLLATE "C" NOT NULL,
  value jsonb,
  source_digest text,
  state text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'overtaken', 'reverted')),
  actor text NOT NULL,
  reason text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  applied_run_id uuid,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id),
  FOREIGN KEY (tenant_id, letter_id) REFERENCES dead_letters (tenant_id, id),
  FOREIGN KEY (tenant_id, applied_run_id) REFERENCES runs (tenant_id, id)
);
CREATE UNIQUE INDEX corrections_one_active ON corrections (tenant_id, integration_id, entity, external_id, field)
  WHERE state = 'active';

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['dead_letters', 'corrections'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO rollcall_app', tenant_table);
  END LOOP;
END $$;

-- stops and patience_spent count stops in a row; settled_attempt is the attempt that last came to an orderly one.
ALTER TABLE runs ADD COLUMN stops integer NOT NULL DEFAULT 0, ADD COLUMN patience_spent integer NOT NULL DEFAULT 0,
  ADD COLUMN settled_attempt integer NOT NULL DEFAULT 0, ADD COLUMN stopped_class text;

-- Down Migration
ALTER TABLE runs DROP COLUMN stops, DROP COLUMN patience_spent, DROP COLUMN settled_attempt, DROP COLUMN stopped_class;
DROP TABLE corrections, dead_letters;
