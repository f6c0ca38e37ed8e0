-- Records that are joined with one we have: a plan row of the operation link moves or makes a link, one of unlink takes that back.
-- former_id is the external id under which the record was known in this integration (null: in another one only), former what the
-- link and the record were before, so that undoing restores them exactly; evidence says why, without any value of a record.

-- Up Migration
ALTER TABLE sync_changes DROP CONSTRAINT sync_changes_operation_check;
ALTER TABLE sync_changes ADD CONSTRAINT sync_changes_operation_check
  CHECK (operation IN ('create', 'update', 'reactivate', 'deactivate', 'link', 'unlink'));
ALTER TABLE sync_changes ADD COLUMN former_id text COLLATE "C", ADD COLUMN former jsonb, ADD COLUMN evidence jsonb;
ALTER TABLE sync_chunks ADD COLUMN links integer NOT NULL DEFAULT 0, ADD COLUMN linked integer NOT NULL DEFAULT 0;

-- Down Migration
ALTER TABLE sync_chunks DROP COLUMN linked, DROP COLUMN links;
DELETE FROM sync_changes WHERE operation IN ('link', 'unlink');
ALTER TABLE sync_changes DROP COLUMN evidence, DROP COLUMN former, DROP COLUMN former_id;
ALTER TABLE sync_changes DROP CONSTRAINT sync_changes_operation_check;
ALTER TABLE sync_changes ADD CONSTRAINT sync_changes_operation_check
  CHECK (operation IN ('create', 'update', 'reactivate', 'deactivate'));
