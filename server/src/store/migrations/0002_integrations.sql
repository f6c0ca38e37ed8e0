-- Integrations: one configured link between the hub and one external system, its configuration versions, its state, and the
-- links (external_system_mappings) that join the provider's records with ours.

-- Up Migration
CREATE TABLE integrations (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL DEFAULT uuidv7(),
  name text NOT NULL,
  kind text NOT NULL,
  rank integer NOT NULL DEFAULT 1,
  configuration_version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

-- Settings hold references to secrets (env:NAME, file:NAME), never secrets.
CREATE TABLE integration_configurations (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  version integer NOT NULL,
  settings jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, integration_id, version),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);

CREATE TABLE integration_status (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'paused', 'needs_attention', 'disconnected')),
  reason text,
  next_step text,
  last_run_id uuid,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, integration_id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);

-- base_checksum is the projection that both sides last agreed on; null when there is none, so the record is read in full.
CREATE TABLE external_system_mappings (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  entity text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL,
  local_id uuid NOT NULL,
  base_checksum uuid,
  projection_version smallint NOT NULL,
  provider_modified_at timestamptz,
  state text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'missing', 'deactivated', 'unlinked')),
  missing_since timestamptz,
  missed_runs smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, integration_id, entity, external_id)
);
CREATE INDEX external_system_mappings_by_local ON external_system_mappings (tenant_id, local_id);
CREATE INDEX external_system_mappings_missing ON external_system_mappings (tenant_id, integration_id, entity)
  WHERE state = 'missing';

-- Down Migration
DROP TABLE external_system_mappings, integration_status, integration_configurations, integrations;
