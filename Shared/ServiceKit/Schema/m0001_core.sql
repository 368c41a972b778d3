-- The schema `core`: what every service shares. Run as core_owner; ClusterRoles.swift makes the roles and the schema.
-- Exceptions to the rules of tables are listed in Tests/ServiceKitTests/Fixtures/schema-exceptions.txt.

-- Whether a time can be written on the wire: years 1 to 9999, never infinity. For the checks of every schema.
CREATE FUNCTION core.is_instant(value timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN value >= '0001-01-01T00:00:00Z'::timestamptz AND value < '10000-01-01T00:00:00Z'::timestamptz;

-- A time inside a JSON column, as the driver writes it outside of one: 2026-01-15T10:00:00.25Z.
CREATE FUNCTION core.json_time(value timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (to_json(value AT TIME ZONE 'UTC') #>> '{}') || 'Z';

-- One row for every change of a record: the Activity tab, the audit trail of records, and the outbox.
CREATE TABLE core.activity (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    -- The subject's version after the change.
    version bigint NOT NULL,
    verb text NOT NULL,
    -- A user, customer or rule by its id, a service by its name.
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_service text,
    -- {"status": {"from": "open", "to": "closed"}}: closed fields and ids only, never texts or personal data.
    changes jsonb NOT NULL DEFAULT '{}',
    request_id text NOT NULL,
    traceparent text,
    occurred_at timestamptz NOT NULL,
    -- The position in the stream, with id: consumers read below the oldest transaction still running.
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT pk_activity PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_activity_subject UNIQUE (workspace_id, subject_kind, subject_id, version),
    CONSTRAINT ck_activity_subject_kind CHECK (subject_kind ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_activity_version CHECK (version BETWEEN 1 AND 9007199254740991),
    CONSTRAINT ck_activity_verb CHECK (verb ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_activity_actor CHECK (
        CASE actor_kind
            WHEN 'service' THEN actor_id IS NULL AND actor_service IS NOT NULL AND length(actor_service) <= 40
            ELSE actor_kind IN ('user', 'customer', 'rule') AND actor_id IS NOT NULL AND actor_service IS NULL
        END),
    CONSTRAINT ck_activity_changes CHECK (jsonb_typeof(changes) = 'object' AND pg_column_size(changes) <= 16384),
    CONSTRAINT ck_activity_request_id CHECK (length(request_id) BETWEEN 1 AND 128),
    CONSTRAINT ck_activity_traceparent CHECK (length(traceparent) = 55),
    CONSTRAINT ck_activity_occurred_at CHECK (core.is_instant(occurred_at))
);
CREATE INDEX ix_activity_stream ON core.activity (xid, id);

ALTER TABLE core.activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.activity FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON core.activity TO casebook_service
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
CREATE POLICY stream ON core.activity FOR SELECT TO casebook_stream, core_keeper
    USING (true);

-- The xid is the server's to say: a position made up by a writer would be skipped by consumers, or hold them.
GRANT SELECT ON core.activity TO casebook_service, casebook_stream, core_keeper;
GRANT INSERT (
    workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, actor_service, changes,
    request_id, traceparent, occurred_at
) ON core.activity TO casebook_service;

-- The stream after a position, in order, below the oldest transaction still running, so that no later commit can
-- take a place before what was read. With `through`, no further than that position. Over all workspaces: runs as
-- core_keeper, which logs in nowhere and may do little else.
CREATE FUNCTION core.activity_after(
    after_xid xid8, after_id uuid, through_xid xid8, through_id uuid, rows_at_most integer
) RETURNS TABLE (
    workspace_id uuid, id uuid, subject_kind text, subject_id uuid, version bigint, verb text, actor_kind text,
    actor_id uuid, actor_service text, changes jsonb, request_id text, traceparent text, occurred_at timestamptz,
    xid xid8
)
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT a.workspace_id, a.id, a.subject_kind, a.subject_id, a.version, a.verb, a.actor_kind, a.actor_id,
               a.actor_service, a.changes, a.request_id, a.traceparent, a.occurred_at, a.xid
        FROM core.activity AS a
        WHERE (a.xid, a.id) > (after_xid, after_id)
          AND a.xid < pg_snapshot_xmin(pg_current_snapshot())
          AND (a.xid, a.id) <= (through_xid, through_id)
        ORDER BY a.xid, a.id
        LIMIT least(rows_at_most, 5000)
    $$;

REVOKE ALL ON FUNCTION core.activity_after(xid8, uuid, xid8, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.activity_after(xid8, uuid, xid8, uuid, integer) TO casebook_service;

-- An owner needs CREATE on the schema while it becomes one, and not after.
GRANT CREATE ON SCHEMA core TO core_keeper;
ALTER FUNCTION core.activity_after(xid8, uuid, xid8, uuid, integer) OWNER TO core_keeper;
REVOKE CREATE ON SCHEMA core FROM core_keeper;
