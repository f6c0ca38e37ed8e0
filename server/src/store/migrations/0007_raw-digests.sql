-- Digests of records as their source sent them: one that comes again byte for byte need not even be parsed.

-- Up Migration
ALTER TABLE external_system_mappings ADD COLUMN raw_digest uuid;
ALTER TABLE sync_changes ADD COLUMN raw_digest uuid;
ALTER TABLE sync_pages ADD COLUMN same_rows integer NOT NULL DEFAULT 0;

-- Down Migration
ALTER TABLE sync_pages DROP COLUMN same_rows;
ALTER TABLE sync_changes DROP COLUMN raw_digest;
ALTER TABLE external_system_mappings DROP COLUMN raw_digest;
