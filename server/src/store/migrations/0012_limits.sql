-- Limits that people set beside the defaults, the seasons in which others hold, what was judged in each run and by which rule, and
-- what is left of records that were deactivated: how many lately, and by which natural keys they would be known again.

-- Up Migration
-- What is null is left open. A rule is never changed: setting it anew removes the old one, so that earlier runs stay explained.
CREATE TABLE limit_rules (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid,
  school_id uuid,
  entity text COLLATE "C",
  operation text COLLATE "C" CHECK (operation IN ('create', 'update', 'reactivate', 'deactivate')),
  season text COLLATE "C" CHECK (season IN ('term_start', 'term_end', 'break')),
  share double precision NOT NULL CHECK (share BETWEEN 0 AND 1),
  row_count integer NOT NULL CHECK (row_count >= 1),
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id),
  FOREIGN KEY (tenant_id, school_id) REFERENCES orgs (tenant_id, id)
);
CREATE UNIQUE INDEX limit_rules_one_a_scope ON limit_rules (tenant_id, integration_id, school_id, entity, operation, season)
  NULLS NOT DISTINCT WHERE removed_at IS NULL;

-- Days are calendar days in the time zone.
CREATE TABLE term_calendar (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid,
  school_id uuid,
  name text NOT NULL,
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('term_start', 'term_end', 'break')),
  starts_on date NOT NULL,
  ends_on date NOT NULL CHECK (ends_on >= starts_on),
  time_zone text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id),
  FOREIGN KEY (tenant_id, school_id) REFERENCES orgs (tenant_id, id)
);

-- One row for each scope, entity and operation of a run that had anything to judge. scope_id is the school; active is null where
-- the rows were too few for any limit, so that nothing had to be counted. The limit is kept as it was.
CREATE TABLE limit_judgements (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  run_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL,
  scope_kind text COLLATE "C" NOT NULL CHECK (scope_kind IN ('school', 'district', 'integration')),
  scope_id uuid,
  row_count integer NOT NULL,
  active integer,
  drained integer NOT NULL DEFAULT 0,
  rule_id uuid,
  season text COLLATE "C",
  limit_share double precision,
  limit_rows integer,
  verdict text COLLATE "C" NOT NULL CHECK (verdict IN ('passed', 'held', 'exempt')),
  why text NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id),
  FOREIGN KEY (tenant_id, rule_id) REFERENCES limit_rules (tenant_id, id)
);
CREATE INDEX limit_judgements_by_run ON limit_judgements (tenant_id, run_id);

-- Deactivations that no person was asked about, written with the chunk that applies them. Records that come back are taken off.
CREATE TABLE removal_counts (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  run_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  school_id uuid,
  row_count integer NOT NULL,
  counted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);
CREATE UNIQUE INDEX removal_counts_one_a_scope ON removal_counts (tenant_id, run_id, entity, school_id) NULLS NOT DISTINCT;
CREATE INDEX removal_counts_lately ON removal_counts (tenant_id, integration_id, entity, counted_at);

CREATE TABLE tombstones (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  local_id uuid NOT NULL,
  school_id uuid,
  run_id uuid NOT NULL,
  reason text COLLATE "C" NOT NULL CHECK (reason IN ('absent', 'ended')),
  deactivated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, integration_id, entity, external_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);

-- A digest is salted by tenant, so that no natural key can be looked up in it or found again in another tenant.
CREATE TABLE tombstone_keys (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  digest uuid NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, integration_id, entity, digest, external_id),
  FOREIGN KEY (tenant_id, integration_id, entity, external_id) REFERENCES tombstones ON DELETE CASCADE
);
CREATE INDEX tombstone_keys_by_record ON tombstone_keys (tenant_id, integration_id, entity, external_id);

CREATE TABLE natural_key_salts (
  tenant_id uuid NOT NULL REFERENCES tenants,
  salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  PRIMARY KEY (tenant_id)
);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['limit_rules', 'term_calendar', 'limit_judgements', 'removal_counts', 'tombstones',
      'tombstone_keys', 'natural_key_salts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO rollcall_app', tenant_table);
  END LOOP;
END $$;
-- Judgements are made anew with a plan; what is left of a record goes when it comes back.
GRANT DELETE ON limit_judgements, tombstones, tombstone_keys TO rollcall_app;

-- Down Migration
DROP TABLE natural_key_salts, tombstone_keys, tombstones, removal_counts, limit_judgements, term_calendar, limit_rules;
