-- A session is one browser of one user. Its secret is never stored, only the SHA-256 of the whole
-- credential in hexadecimal, which is also its key in the directory.
CREATE TABLE identity.session (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_hash text NOT NULL,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_session_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_session_credential_hash CHECK (credential_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_session_user_agent CHECK (length(user_agent) <= 200),
    CONSTRAINT ck_session_times CHECK (
        core.is_instant(created_at) AND core.is_instant(last_used_at) AND core.is_instant(expires_at))
);

-- Serves the list of a user's sessions, newest first, and ending them all.
CREATE INDEX ix_session_user ON identity.session (workspace_id, user_id, id);

ALTER TABLE identity.session ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.session FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.session
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.session TO identity;
GRANT UPDATE (last_used_at) ON identity.session TO identity;

-- An API key acts for the user who made it, with some of that user's permissions. A revoked key keeps its row.
CREATE TABLE identity.api_key (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    credential_hash text NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT pk_api_key PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_api_key_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_api_key_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_api_key_credential_hash CHECK (credential_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_api_key_permissions CHECK (cardinality(permissions) BETWEEN 1 AND 100),
    CONSTRAINT ck_api_key_times CHECK (
        core.is_instant(created_at) AND core.is_instant(expires_at) AND core.is_instant(last_used_at)
        AND core.is_instant(revoked_at) AND expires_at > created_at)
);

-- Serves a user's keys; the primary key serves the list of all.
CREATE INDEX ix_api_key_user ON identity.api_key (workspace_id, user_id, id);

ALTER TABLE identity.api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.api_key
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.api_key TO identity;
GRANT UPDATE (last_used_at, revoked_at) ON identity.api_key TO identity;

-- The keys that sign tokens, for all workspaces: a listed exception without row-level security, read by `identity`
-- alone. `sealed` is the private key under AES-256-GCM (nonce, ciphertext, tag) with `kid` as additional data.
-- `generation` is unique, so that of several replicas which find no key one makes the first, and the others read it.
CREATE TABLE identity.signing_key (
    kid text NOT NULL,
    generation bigint NOT NULL,
    public_key bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT pk_signing_key PRIMARY KEY (kid),
    CONSTRAINT uq_signing_key_generation UNIQUE (generation),
    CONSTRAINT ck_signing_key_kid CHECK (length(kid) BETWEEN 1 AND 64),
    CONSTRAINT ck_signing_key_public_key CHECK (length(public_key) = 32),
    CONSTRAINT ck_signing_key_times CHECK (
        core.is_instant(created_at) AND core.is_instant(expires_at) AND expires_at > created_at)
);

GRANT SELECT, INSERT ON identity.signing_key TO identity;
GRANT UPDATE (expires_at) ON identity.signing_key TO identity;
