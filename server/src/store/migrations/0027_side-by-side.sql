-- Several integrations may have the same record: what one of them says otherwise than the hub is kept on its link, so that a field can
-- pass to it when whoever it belongs to goes, and so that the difference can be seen.

-- Up Migration
-- Fields in the hub's terms; what a source says is the hub's row with these put in. Null where the link says what the hub says.
ALTER TABLE external_system_mappings ADD COLUMN base_diff jsonb;
-- Those of the link before and after a change: it is stale where they have moved since it was planned.
ALTER TABLE sync_changes ADD COLUMN diff_before jsonb, ADD COLUMN diff_after jsonb;

-- Down Migration
ALTER TABLE sync_changes DROP COLUMN diff_before, DROP COLUMN diff_after;
ALTER TABLE external_system_mappings DROP COLUMN base_diff;
