-- Security events are chained per workspace (RELIABILITY.md, S-21): each line's digest is over the digest of the line
-- before it and over all that the line says. Who changes, removes or puts in a line without being seen must write every
-- later line anew, which no service may; who can, as an administrator of the database, is found out by a digest that
-- was written down elsewhere. Lines from before this migration have no number and stand outside of the chain.
ALTER TABLE identity.audit
    ADD COLUMN seq bigint,
    ADD COLUMN digest bytea,
    ADD CONSTRAINT ck_audit_chain CHECK ((seq IS NULL) = (digest IS NULL) AND seq >= 1 AND length(digest) = 32);

-- Serves reading the chain in order.
CREATE UNIQUE INDEX uq_audit_seq ON identity.audit (workspace_id, seq);

-- The last link of each chain of a workspace: that of its security events, and that of its sealed activity. A writer
-- holds it locked until its commit, as the last thing it locks.
CREATE TABLE identity.chain (
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    seq bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT pk_chain PRIMARY KEY (workspace_id, kind),
    CONSTRAINT fk_chain_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_chain_kind CHECK (kind IN ('audit', 'activity')),
    CONSTRAINT ck_chain_seq CHECK (seq >= 1),
    CONSTRAINT ck_chain_digest CHECK (length(digest) = 32)
);

ALTER TABLE identity.chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.chain FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.chain
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.chain TO identity;
GRANT UPDATE (seq, digest) ON identity.chain TO identity;

-- The digest of a line of the audit after the one before it; of the first line, after 32 zero bytes.
CREATE FUNCTION identity.audit_digest(
    before bytea, id uuid, event text, actor_kind text, actor_id uuid, actor_service text, user_id uuid,
    credential_id uuid, detail jsonb, request_id text, created_at timestamptz
) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(before || convert_to(
        jsonb_build_array(
            'audit 1', id, event, actor_kind, actor_id, actor_service, user_id, credential_id, detail, request_id,
            core.json_time(created_at))::text, 'UTF8'));

-- Record activity is sealed afterwards by one consumer, so that its writers never wait for each other: one row a batch,
-- with a digest of each entry and a digest of them all after that of the batch before.
CREATE TABLE identity.activity_seal (
    workspace_id uuid NOT NULL,
    seq bigint NOT NULL,
    activity_ids uuid[] NOT NULL,
    entry_digests bytea[] NOT NULL,
    digest bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT pk_activity_seal PRIMARY KEY (workspace_id, seq),
    CONSTRAINT fk_activity_seal_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_activity_seal_seq CHECK (seq >= 1),
    CONSTRAINT ck_activity_seal_entries CHECK (
        cardinality(activity_ids) BETWEEN 1 AND 200 AND cardinality(activity_ids) = cardinality(entry_digests)),
    CONSTRAINT ck_activity_seal_digest CHECK (length(digest) = 32),
    CONSTRAINT ck_activity_seal_sealed_at CHECK (core.is_instant(sealed_at))
);

ALTER TABLE identity.activity_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.activity_seal FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.activity_seal
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.activity_seal TO identity;

-- The digest of one entry of the activity, over all that it says but its position in the stream.
CREATE FUNCTION identity.activity_digest(
    id uuid, subject_kind text, subject_id uuid, version bigint, verb text, actor_kind text, actor_id uuid,
    actor_service text, changes jsonb, request_id text, occurred_at timestamptz
) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(convert_to(
        jsonb_build_array(
            'activity 1', id, subject_kind, subject_id, version, verb, actor_kind, actor_id, actor_service, changes,
            request_id, core.json_time(occurred_at))::text, 'UTF8'));

-- The digest of a batch of entries after the batch before it.
CREATE FUNCTION identity.seal_digest(before bytea, activity_ids uuid[], entry_digests bytea[]) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(
        before || convert_to(array_to_string(activity_ids, ','), 'UTF8')
        || (SELECT string_agg(e.digest, ''::bytea ORDER BY e.place)
            FROM unnest(entry_digests) WITH ORDINALITY AS e (digest, place)));
