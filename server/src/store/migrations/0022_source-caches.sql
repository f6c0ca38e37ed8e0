-- Caches of answers live in processes. What each holds is written here, and what people want done with them is read from here.

-- Up Migration
CREATE TABLE source_caches (
  tenant_id uuid NOT NULL,
  integration_id uuid NOT NULL,
  process text COLLATE "C" NOT NULL,
  entries integer NOT NULL,
  bytes bigint NOT NULL,
  hits bigint NOT NULL,
  revalidated bigint NOT NULL,
  stale bigint NOT NULL,
  misses bigint NOT NULL,
  evicted bigint NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, integration_id, process),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);

-- endpoint is the first word of the operations whose answers go, for example orgs; empty for all.
CREATE TABLE cache_orders (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  integration_id uuid NOT NULL,
  endpoint text COLLATE "C" NOT NULL DEFAULT '',
  ordered_by text NOT NULL,
  ordered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, integration_id) REFERENCES integrations (tenant_id, id)
);
CREATE INDEX cache_orders_by_time ON cache_orders (tenant_id, integration_id, ordered_at);

DO $$
DECLARE
  added text;
BEGIN
  FOREACH added IN ARRAY ARRAY['source_caches', 'cache_orders'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', added);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', added);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', added);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO rollcall_app', added);
  END LOOP;
END $$;

-- Down Migration
DROP TABLE cache_orders, source_caches;
