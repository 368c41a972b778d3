-- A user is a member of staff, of one workspace. `email_key` is the address in lower case: who signs in is found by it.
CREATE TABLE identity.user (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    email_key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    is_active bool NOT NULL DEFAULT true,
    assignment_mail bool NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_user PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_user_email UNIQUE (workspace_id, email_key),
    CONSTRAINT fk_user_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_user_email CHECK (length(email) BETWEEN 3 AND 254 AND length(email_key) BETWEEN 3 AND 1000),
    CONSTRAINT ck_user_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_user_role CHECK (role IN ('administrator', 'manager', 'agent', 'billing', 'viewer')),
    CONSTRAINT ck_user_version CHECK (version >= 1),
    CONSTRAINT ck_user_times CHECK (core.is_instant(created_at) AND core.is_instant(updated_at))
);

-- Serves the question whether another active administrator remains.
CREATE INDEX ix_user_active_administrator ON identity.user (workspace_id, id)
    WHERE role = 'administrator' AND is_active;

ALTER TABLE identity.user ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.user FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.user
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.user TO identity;
GRANT UPDATE (email, email_key, name, role, is_active, assignment_mail, version, updated_at)
    ON identity.user TO identity;

-- Apart from the user, so that no statement about people can show it. `encoded` holds parameters, salt and hash.
CREATE TABLE identity.password (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    encoded text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_password PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT fk_password_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_password_encoded CHECK (encoded LIKE '$scrypt$%' AND length(encoded) BETWEEN 40 AND 300),
    CONSTRAINT ck_password_changed_at CHECK (core.is_instant(changed_at))
);

ALTER TABLE identity.password ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.password FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.password
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.password TO identity;
GRANT UPDATE (encoded, changed_at) ON identity.password TO identity;
