-- The secret link with which calendar programs read a person's tasks: at most one a person. Of the secret there is only
-- the SHA-256, by which the row is found. A link is a credential and no record: it has no version and no activity.
CREATE TABLE tasks.calendar_feed (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    secret_hash text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_calendar_feed PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT uq_calendar_feed_secret UNIQUE (workspace_id, secret_hash),
    CONSTRAINT ck_calendar_feed_secret CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_calendar_feed_times CHECK (core.is_instant(created_at))
);

ALTER TABLE tasks.calendar_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.calendar_feed FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.calendar_feed
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.calendar_feed TO tasks;
GRANT UPDATE (id, secret_hash, created_at) ON tasks.calendar_feed TO tasks;
