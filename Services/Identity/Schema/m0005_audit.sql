-- Security events, append only: the service may insert and read, nobody but the owner may do more.
CREATE TABLE identity.audit (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    event text NOT NULL,
    actor_kind text,
    actor_id uuid,
    actor_service text,
    user_id uuid,
    credential_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    request_id text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_audit_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_audit_event CHECK (event ~ '^[a-z_]{1,64}$'),
    CONSTRAINT ck_audit_request_id CHECK (length(request_id) BETWEEN 1 AND 128),
    CONSTRAINT ck_audit_created_at CHECK (core.is_instant(created_at))
);

ALTER TABLE identity.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.audit FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.audit
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.audit TO identity;
