-- Links whose source says otherwise than the hub are few among many, and are listed in the order of their external ids.

-- Up Migration
CREATE INDEX external_system_mappings_differing ON external_system_mappings (tenant_id, integration_id, entity, external_id)
  WHERE base_diff IS NOT NULL;

-- Down Migration
DROP INDEX external_system_mappings_differing;
