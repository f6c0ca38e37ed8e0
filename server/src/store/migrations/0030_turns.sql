-- Integrations of a tenant plan and apply one after the other.

-- Up Migration
-- taken: the run plans or applies, and others wait for it. lost: it stood still for so long that another went ahead, and its plan is old.
ALTER TABLE runs ADD COLUMN turn text CHECK (turn IN ('taken', 'lost'));

-- Down Migration
ALTER TABLE runs DROP COLUMN turn;
