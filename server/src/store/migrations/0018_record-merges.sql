-- Merges of two of our own records: which links and references moved, so that a merge can be taken back exactly.

-- Up Migration
CREATE TABLE record_merges (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  entity text COLLATE "C" NOT NULL,
  winner_id uuid NOT NULL,
  loser_id uuid NOT NULL,
  loser_was_active boolean NOT NULL,
  -- [{integrationId, externalId, state, stateAfter}]
  links jsonb NOT NULL,
  -- [{table, column, rows: [{id, before, after}]}]
  refs jsonb NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  merged_at timestamptz NOT NULL DEFAULT now(),
  undone_at timestamptz,
  undone_by text,
  undone_reason text,
  PRIMARY KEY (tenant_id, id),
  CHECK (winner_id <> loser_id),
  CHECK ((undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL))
);
-- A record is merged into one other at a time.
CREATE UNIQUE INDEX record_merges_of_loser ON record_merges (tenant_id, entity, loser_id) WHERE undone_at IS NULL;
CREATE INDEX record_merges_of_winner ON record_merges (tenant_id, entity, winner_id) WHERE undone_at IS NULL;
ALTER TABLE record_merges ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_merges FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON record_merges
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON record_merges TO rollcall_app;

-- Down Migration
DROP TABLE record_merges;
