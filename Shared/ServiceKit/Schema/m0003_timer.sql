-- What must happen at a time or later, outside a request. Ids only: what is to be done stands in the subject.
CREATE TABLE core.timer (
    workspace_id uuid NOT NULL,
    service text NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    -- The time asked for; it stays through leases and retries.
    scheduled_at timestamptz NOT NULL,
    -- When it may be claimed next: at first the time asked for, the lease's end while leased, then the next try.
    due_at timestamptz NOT NULL,
    -- Claims so far.
    attempt smallint NOT NULL DEFAULT 0,
    lease_id uuid,
    -- The last failure, and when it was given up: dead letters stay until rescheduled or cancelled.
    error text,
    dead_at timestamptz,
    CONSTRAINT pk_timer PRIMARY KEY (workspace_id, service, kind, subject_id),
    CONSTRAINT ck_timer_service CHECK (service ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_timer_kind CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_timer_scheduled_at CHECK (core.is_instant(scheduled_at)),
    CONSTRAINT ck_timer_due_at CHECK (core.is_instant(due_at)),
    CONSTRAINT ck_timer_attempt CHECK (attempt BETWEEN 0 AND 1000),
    CONSTRAINT ck_timer_error CHECK (length(error) <= 500),
    CONSTRAINT ck_timer_dead_at CHECK (core.is_instant(dead_at))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX ix_timer_due ON core.timer (service, due_at) WHERE dead_at IS NULL;
CREATE INDEX ix_timer_dead ON core.timer (service, dead_at) WHERE dead_at IS NOT NULL;

ALTER TABLE core.timer ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.timer FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON core.timer USING (service = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON core.timer TO casebook_service;
