-- A link by mail with which a person chooses a password, once. Its secret is never stored, only the SHA-256 of the
-- whole. A row without one was asked for and awaits its mail: whoever sends mail makes the secret at that moment, so that it
-- lies nowhere in between.
CREATE TABLE identity.link (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    secret_hash text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_link PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_link_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_link_purpose CHECK (purpose IN ('invitation', 'password_reset')),
    CONSTRAINT ck_link_secret_hash CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_link_times CHECK (
        core.is_instant(created_at) AND core.is_instant(expires_at) AND expires_at > created_at
        AND expires_at <= created_at + interval '72 hours')
);

-- Serves making void all links of a person.
CREATE INDEX ix_link_user ON identity.link (workspace_id, user_id, id);

ALTER TABLE identity.link ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.link FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.link
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.link TO identity;
GRANT UPDATE (secret_hash, expires_at) ON identity.link TO identity;
