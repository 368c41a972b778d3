-- The shared secret of a person's authenticator app (RFC 6238), sealed; `key_id` is the encryption key's, so that what
-- lies under a former one is found. It counts once it is confirmed. `last_step` is the time step of the last code that
-- was taken: a code works once, whichever replica it is shown to.
CREATE TABLE identity.second_factor (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    key_id text NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    CONSTRAINT pk_second_factor PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT fk_second_factor_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_second_factor_sealed CHECK (length(sealed) BETWEEN 40 AND 200),
    CONSTRAINT ck_second_factor_key_id CHECK (key_id ~ '^[0-9a-f]{16}$'),
    CONSTRAINT ck_second_factor_times CHECK (core.is_instant(created_at) AND core.is_instant(confirmed_at))
);

-- Serves the question what lies under a former encryption key.
CREATE INDEX ix_second_factor_key ON identity.second_factor (workspace_id, key_id);

ALTER TABLE identity.second_factor ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.second_factor FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.second_factor
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.second_factor TO identity;
GRANT UPDATE (sealed, key_id, last_step, created_at, confirmed_at) ON identity.second_factor TO identity;

-- Codes for a lost device, each by its SHA-256: 99 random bits need no slow hash.
CREATE TABLE identity.recovery_code (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT pk_recovery_code PRIMARY KEY (workspace_id, user_id, code_hash),
    CONSTRAINT fk_recovery_code_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_recovery_code_code_hash CHECK (code_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_recovery_code_times CHECK (core.is_instant(created_at) AND core.is_instant(used_at))
);

ALTER TABLE identity.recovery_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.recovery_code FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.recovery_code
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.recovery_code TO identity;
GRANT UPDATE (used_at) ON identity.recovery_code TO identity;

-- A workspace may ask everybody for a second factor. A session says whether one was shown when it started.
ALTER TABLE identity.workspace ADD COLUMN requires_second_factor bool NOT NULL DEFAULT false;
GRANT UPDATE (requires_second_factor) ON identity.workspace TO identity;

ALTER TABLE identity.session ADD COLUMN has_second_factor bool NOT NULL DEFAULT false;
