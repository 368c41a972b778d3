-- How far each consumer has come. The row of the nil workspace is the position in the whole stream and holds the
-- consumer's lease; any other row is a workspace that has fallen behind that position, and how far it has come.
CREATE TABLE core.cursor (
    service text NOT NULL,
    consumer text NOT NULL,
    workspace_id uuid NOT NULL,
    xid xid8 NOT NULL,
    activity_id uuid NOT NULL,
    -- Who may move the consumer's rows, and until when. Only on the row of the whole stream.
    lease_id uuid,
    leased_until timestamptz,
    -- Rows to take next, halved to one by a failure; failures count tries of the same single row.
    take smallint NOT NULL DEFAULT 50,
    failures smallint NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL DEFAULT now(),
    error text,
    CONSTRAINT pk_cursor PRIMARY KEY (service, consumer, workspace_id),
    CONSTRAINT ck_cursor_service CHECK (service ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_cursor_consumer CHECK (consumer ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_cursor_leased_until CHECK (core.is_instant(leased_until)),
    CONSTRAINT ck_cursor_take CHECK (take BETWEEN 1 AND 50),
    CONSTRAINT ck_cursor_failures CHECK (failures BETWEEN 0 AND 100),
    CONSTRAINT ck_cursor_retry_at CHECK (core.is_instant(retry_at)),
    CONSTRAINT ck_cursor_error CHECK (length(error) <= 500)
);

ALTER TABLE core.cursor ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.cursor FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON core.cursor USING (service = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON core.cursor TO casebook_service;

-- Activity that a consumer gave up after its last failure, until a person looks at it.
CREATE TABLE core.parked (
    workspace_id uuid NOT NULL,
    service text NOT NULL,
    consumer text NOT NULL,
    activity_id uuid NOT NULL,
    failures smallint NOT NULL,
    error text NOT NULL,
    parked_at timestamptz NOT NULL,
    CONSTRAINT pk_parked PRIMARY KEY (workspace_id, service, consumer, activity_id),
    CONSTRAINT ck_parked_service CHECK (service ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_parked_consumer CHECK (consumer ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_parked_failures CHECK (failures BETWEEN 1 AND 100),
    CONSTRAINT ck_parked_error CHECK (length(error) <= 500),
    CONSTRAINT ck_parked_parked_at CHECK (core.is_instant(parked_at))
);

ALTER TABLE core.parked ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.parked FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON core.parked
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
GRANT SELECT, INSERT, DELETE ON core.parked TO casebook_service;
