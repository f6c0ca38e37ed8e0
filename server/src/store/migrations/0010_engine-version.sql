-- The version of the engine that a run was made or last worked on by: an older worker, still there while a new version is rolled out
-- or back after it was rolled back, leaves such a run to the newer ones.

-- Up Migration
ALTER TABLE runs ADD COLUMN engine_version integer NOT NULL DEFAULT 1 CHECK (engine_version > 0);
GRANT SELECT (engine_version) ON runs TO rollcall_sweeper;

-- Down Migration
REVOKE SELECT (engine_version) ON runs FROM rollcall_sweeper;
ALTER TABLE runs DROP COLUMN engine_version;
