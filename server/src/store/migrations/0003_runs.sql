-- Runs: the record of work. The queue only rings the bell; whatever a run has done or still has to do stands here.

-- Up Migration
CREATE TABLE runs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  mode text NOT NULL CHECK (mode IN ('full', 'plan')),
  state text NOT NULL DEFAULT 'queued',
  reason text,
  next_step text,
  trigger text NOT NULL DEFAULT 'manual',
  attempt integer NOT NULL DEFAULT 0,
  configuration_version integer NOT NULL,
  plan_digest text,
  report json,
  peak_rss_mb integer NOT NULL DEFAULT 0,
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  resume_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX runs_by_integration ON runs (tenant_id, integration_id, id);

-- Who may write for a run. Every writing transaction checks the fence; a worker that lost its lease writes nothing.
CREATE TABLE run_leases (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  owner text NOT NULL,
  fence bigint NOT NULL,
  held_until timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, run_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);

-- A run's phase for one entity, and its claim on it: one active run per integration and entity.
CREATE TABLE run_entities (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  active boolean NOT NULL DEFAULT true,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'fetching', 'fetched', 'planned', 'applying', 'applied', 'verified')),
  page_limit integer,
  announced_at_start integer,
  announced integer,
  complete boolean NOT NULL DEFAULT false,
  incomplete_reason text,
  re_read boolean NOT NULL DEFAULT false,
  provider_time timestamptz,
  completed_before boolean NOT NULL DEFAULT false,
  active_before integer NOT NULL DEFAULT 0,
  counts jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant_id, run_id, entity),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);
CREATE UNIQUE INDEX run_entities_claim ON run_entities (tenant_id, integration_id, entity) WHERE active;

-- One page of the feed, written in one transaction with its staged rows.
CREATE TABLE sync_pages (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  page_offset integer NOT NULL,
  row_count integer NOT NULL,
  full_rows integer NOT NULL,
  slim_rows integer NOT NULL,
  rejected_rows integer NOT NULL,
  keyless_rows integer NOT NULL,
  body_digest text NOT NULL,
  keys_digest text NOT NULL,
  attempt integer NOT NULL,
  fetched_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, run_id, entity, page_offset),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);

-- The plan, row by row. state is null while the row is to be applied, and stays so; sync_chunks says which were.
CREATE TABLE sync_changes (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  local_id uuid NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL CHECK (operation IN ('create', 'update', 'reactivate', 'deactivate')),
  state text COLLATE "C" CHECK (state IN ('held', 'blocked', 'stale', 'conflict')),
  absent boolean NOT NULL DEFAULT false,
  checksum uuid,
  stage_row bigint,
  school_id uuid,
  -- A create's references to records of other entities, resolved, in the order of core's fields.
  refs uuid[],
  before jsonb,
  after jsonb,
  hold_id uuid,
  reason text,
  PRIMARY KEY (tenant_id, run_id, entity, local_id)
);

-- Chunks of a plan by local id, laid out with the plan; applied_at is written in one transaction with a chunk's effects.
CREATE TABLE sync_chunks (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  first_id uuid NOT NULL,
  last_id uuid NOT NULL,
  first_row bigint NOT NULL,
  last_row bigint NOT NULL,
  creates integer NOT NULL,
  changes integer NOT NULL,
  deactivations integer NOT NULL,
  created integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  reactivated integer NOT NULL DEFAULT 0,
  deactivated integer NOT NULL DEFAULT 0,
  digest text,
  applied_at timestamptz,
  PRIMARY KEY (tenant_id, run_id, entity, first_id),
  FOREIGN KEY (tenant_id, run_id) REFERENCES runs (tenant_id, id)
);

-- A part of a plan that waits for a person. It outlives its run: later runs refresh it and never open a second one.
CREATE TABLE holds (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL,
  scope_kind text NOT NULL CHECK (scope_kind IN ('school', 'district', 'integration')),
  scope_id uuid,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  reason text NOT NULL,
  digest text NOT NULL,
  row_count integer NOT NULL,
  opened_run_id uuid NOT NULL,
  last_run_id uuid NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  refreshed_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  closed_reason text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id),
  FOREIGN KEY (tenant_id, opened_run_id) REFERENCES runs (tenant_id, id),
  FOREIGN KEY (tenant_id, last_run_id) REFERENCES runs (tenant_id, id)
);
CREATE UNIQUE INDEX holds_one_open ON holds (tenant_id, integration_id, entity, operation, scope_kind, scope_id)
  NULLS NOT DISTINCT WHERE state = 'open';

-- Records that were kept out, with the reason; a record leaves the list when it passes.
CREATE TABLE rejected_records (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_id text COLLATE "C",
  code text NOT NULL,
  field text,
  message text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'passed')),
  times integer NOT NULL DEFAULT 1,
  first_run_id uuid NOT NULL,
  last_run_id uuid NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE UNIQUE INDEX rejected_records_open ON rejected_records (tenant_id, integration_id, entity, external_id)
  WHERE state = 'open' AND external_id IS NOT NULL;

-- Down Migration
DROP TABLE rejected_records, holds, sync_chunks, sync_changes, sync_pages, run_entities, run_leases, runs;
