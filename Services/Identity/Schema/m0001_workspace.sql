-- A workspace is one company. Everything else in this database belongs to exactly one of them.
GRANT USAGE ON SCHEMA identity TO identity, casebook_service;

CREATE TABLE identity.workspace (
    workspace_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_workspace PRIMARY KEY (workspace_id),
    CONSTRAINT ck_workspace_slug CHECK (slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' AND length(slug) BETWEEN 2 AND 63),
    CONSTRAINT ck_workspace_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_workspace_time_zone CHECK (length(time_zone) BETWEEN 1 AND 64),
    CONSTRAINT ck_workspace_version CHECK (version >= 1),
    CONSTRAINT ck_workspace_times CHECK (core.is_instant(created_at) AND core.is_instant(updated_at))
);

ALTER TABLE identity.workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.workspace FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.workspace
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.workspace TO identity;
GRANT UPDATE (name, time_zone, version, updated_at) ON identity.workspace TO identity;

-- What must be found before a workspace is known: the workspace of a slug, of a session's hash, of a key's id.
-- It holds no name, no mail and no secret, and has no row-level security: a listed exception, read by `identity` alone.
CREATE TABLE identity.directory (
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    expires_at timestamptz,
    CONSTRAINT pk_directory PRIMARY KEY (kind, key),
    CONSTRAINT ck_directory_kind CHECK (kind IN ('workspace', 'session', 'api_key')),
    CONSTRAINT ck_directory_key CHECK (length(key) BETWEEN 1 AND 128),
    CONSTRAINT ck_directory_expires_at CHECK (core.is_instant(expires_at))
);

-- Serves the sweep of sessions that are past their end.
CREATE INDEX ix_directory_expires_at ON identity.directory (kind, expires_at) WHERE expires_at IS NOT NULL;

GRANT SELECT, INSERT, DELETE ON identity.directory TO identity;
