-- The hub as a OneRoster provider: who may read it (clients with hashed secrets, their tokens), and the lists that clients page
-- through. A list is the order of a collection at one moment, kept in parts of a thousand ids, so that any page of it is found as
-- fast as the first, and nothing is lost or doubled while the roster changes.

-- Up Migration
CREATE TABLE provider_clients (
  tenant_id uuid NOT NULL REFERENCES tenants,
  id uuid NOT NULL DEFAULT uuidv7(),
  name text NOT NULL,
  scopes text[] NOT NULL,
  -- The schools whose records it sees, where it does not see all of the tenant's.
  every_school boolean NOT NULL,
  school_ids uuid[] NOT NULL DEFAULT '{}',
  -- Fields it never sees, as entity.field.
  withheld text[] NOT NULL DEFAULT '{}',
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

-- Secrets are never stored, only what proves them. One that is being replaced holds until its end.
CREATE TABLE provider_secrets (
  tenant_id uuid NOT NULL,
  client_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (tenant_id, client_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES provider_clients (tenant_id, id)
);

CREATE TABLE provider_tokens (
  tenant_id uuid NOT NULL,
  digest bytea NOT NULL,
  client_id uuid NOT NULL,
  scopes text[] NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, digest),
  FOREIGN KEY (tenant_id, client_id) REFERENCES provider_clients (tenant_id, id)
);
CREATE INDEX provider_tokens_by_client ON provider_tokens (tenant_id, client_id);

-- question: digest of what was asked. seen: the database's snapshot when the list was made.
CREATE TABLE provider_lists (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  client_id uuid NOT NULL,
  question bytea NOT NULL,
  total integer NOT NULL,
  seen text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES provider_clients (tenant_id, id)
);
CREATE INDEX provider_lists_by_question ON provider_lists (tenant_id, client_id, question);

CREATE TABLE provider_list_parts (
  tenant_id uuid NOT NULL,
  list_id uuid NOT NULL,
  part integer NOT NULL,
  record_ids uuid[] NOT NULL,
  PRIMARY KEY (tenant_id, list_id, part),
  FOREIGN KEY (tenant_id, list_id) REFERENCES provider_lists (tenant_id, id) ON DELETE CASCADE
);
-- Ids do not compress.
ALTER TABLE provider_list_parts ALTER COLUMN record_ids SET STORAGE EXTERNAL;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['provider_clients', 'provider_secrets', 'provider_tokens', 'provider_lists', 'provider_list_parts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I
      USING (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO rollcall_app', tenant_table);
  END LOOP;
END $$;
-- A client stays as it was, also when it is revoked; what it could sign in with, and its lists, go.
GRANT DELETE ON provider_secrets, provider_tokens, provider_lists, provider_list_parts TO rollcall_app;

-- Down Migration
DROP TABLE provider_list_parts, provider_lists, provider_tokens, provider_secrets, provider_clients;
