-- The first answer under each key, kept 24 hours, written in the transaction of the write that it answers.
CREATE TABLE core.idempotency_key (
    workspace_id uuid NOT NULL,
    -- SHA-256 over principal, method, path and key: with the workspace, the scope.
    key_digest bytea NOT NULL,
    -- SHA-256 over method, path, query and body: whether it is the same request.
    request_digest bytea NOT NULL,
    -- The answer. No status: it held a secret and was not kept.
    status smallint,
    location text,
    etag text,
    body bytea,
    created_at timestamptz NOT NULL,
    replayed_at timestamptz,
    CONSTRAINT pk_idempotency_key PRIMARY KEY (workspace_id, key_digest),
    CONSTRAINT ck_idempotency_key_key_digest CHECK (length(key_digest) = 32),
    CONSTRAINT ck_idempotency_key_request_digest CHECK (length(request_digest) = 32),
    CONSTRAINT ck_idempotency_key_status CHECK (status BETWEEN 200 AND 299),
    CONSTRAINT ck_idempotency_key_withheld
        CHECK (status IS NOT NULL OR (location IS NULL AND etag IS NULL AND body IS NULL)),
    CONSTRAINT ck_idempotency_key_body CHECK (length(body) <= 1048576),
    CONSTRAINT ck_idempotency_key_created_at CHECK (core.is_instant(created_at)),
    CONSTRAINT ck_idempotency_key_replayed_at CHECK (core.is_instant(replayed_at))
);
CREATE INDEX ix_idempotency_key_created ON core.idempotency_key (created_at);

ALTER TABLE core.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON core.idempotency_key TO casebook_service
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
CREATE POLICY sweep ON core.idempotency_key TO core_keeper
    USING (created_at < now() - interval '24 hours');
GRANT SELECT, INSERT, DELETE, UPDATE (replayed_at) ON core.idempotency_key TO casebook_service;
GRANT SELECT, DELETE ON core.idempotency_key TO core_keeper;

-- Keeps the answer to a keyed request. A key older than 24 hours counts as absent. While another transaction holds
-- the key it waits 50 ms, then fails with 55P03; a key already kept fails with 23505 on pk_idempotency_key.
CREATE FUNCTION core.keep_answer(
    workspace uuid, digest bytea, request bytea, answer_status integer, answer_location text, answer_etag text,
    answer_body bytea, kept_at timestamptz
) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET lock_timeout = '50ms'
    AS $$
    BEGIN
        DELETE FROM core.idempotency_key
        WHERE workspace_id = workspace AND key_digest = digest
          AND created_at <= kept_at - interval '24 hours';
        INSERT INTO core.idempotency_key (
            workspace_id, key_digest, request_digest, status, location, etag, body, created_at)
        VALUES (workspace, digest, request, answer_status, answer_location, answer_etag, answer_body, kept_at);
        RETURN true;
    END
    $$;

-- Removes up to `rows_at_most` keys that are past their 24 hours, of all workspaces: runs as core_keeper, whose
-- policy shows it no other keys. Returns how many.
CREATE FUNCTION core.sweep_idempotency_keys(rows_at_most integer) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        WITH swept AS (
            DELETE FROM core.idempotency_key AS k
            USING (
                SELECT e.workspace_id, e.key_digest
                FROM core.idempotency_key AS e
                WHERE e.created_at < now() - interval '24 hours'
                ORDER BY e.created_at
                LIMIT least(rows_at_most, 5000)
            ) AS expired
            WHERE k.workspace_id = expired.workspace_id AND k.key_digest = expired.key_digest
            RETURNING 1)
        SELECT count(*) FROM swept
    $$;

REVOKE ALL ON FUNCTION
    core.keep_answer(uuid, bytea, bytea, integer, text, text, bytea, timestamptz),
    core.sweep_idempotency_keys(integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    core.keep_answer(uuid, bytea, bytea, integer, text, text, bytea, timestamptz),
    core.sweep_idempotency_keys(integer)
    TO casebook_service;

GRANT CREATE ON SCHEMA core TO core_keeper;
ALTER FUNCTION core.sweep_idempotency_keys(integer) OWNER TO core_keeper;
REVOKE CREATE ON SCHEMA core FROM core_keeper;
