-- Work on every record that a filter means, a few hundred at a time: what is to be done, for whom, and how far it is.
-- A timer of its service takes the next turn, so that any copy of the service goes on with it.
CREATE TABLE core.job (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    service text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    -- The place of a job under way among those that a workspace may have; none once it has ended.
    slot bigint,
    -- {"filter": …, "change": …} as it was asked for.
    ordered jsonb NOT NULL,
    total bigint NOT NULL,
    -- Records come in the order of their ids: those after `position` up to `through`, which is as old as the job.
    position uuid NOT NULL,
    through uuid NOT NULL,
    done bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    refusals jsonb NOT NULL DEFAULT '[]',
    failure text,
    -- Whom it acts for, with what their credential allowed; what they may do is asked again in every turn.
    created_by uuid NOT NULL,
    permissions text[] NOT NULL,
    request_id text NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    -- The same of its undo.
    undo_until timestamptz,
    undone_by uuid,
    undo_permissions text[],
    undo_request_id text,
    restored bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT pk_job PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_job_slot UNIQUE (workspace_id, service, slot),
    CONSTRAINT ck_job_service CHECK (service ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_job_kind CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_job_status CHECK (
        status IN ('queued', 'running', 'completed', 'cancelled', 'failed', 'undoing', 'undone')
        AND (slot IS NOT NULL) = (status IN ('queued', 'running', 'undoing'))),
    CONSTRAINT ck_job_slot CHECK (slot BETWEEN 1 AND 5),
    CONSTRAINT ck_job_ordered CHECK (jsonb_typeof(ordered) = 'object' AND pg_column_size(ordered) <= 16384),
    CONSTRAINT ck_job_counts CHECK (
        total BETWEEN 0 AND 1000000 AND changed >= 0 AND unchanged >= 0 AND refused >= 0
        AND done = changed + unchanged + refused AND restored >= 0 AND kept >= 0 AND restored + kept <= changed),
    CONSTRAINT ck_job_refusals CHECK (jsonb_typeof(refusals) = 'array' AND pg_column_size(refusals) <= 4096),
    CONSTRAINT ck_job_failure CHECK (failure ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_job_principals CHECK (
        cardinality(permissions) <= 200 AND cardinality(undo_permissions) <= 200
        AND num_nulls(undone_by, undo_permissions, undo_request_id) IN (0, 3)),
    CONSTRAINT ck_job_request_ids CHECK (
        length(request_id) BETWEEN 1 AND 128 AND length(undo_request_id) BETWEEN 1 AND 128),
    CONSTRAINT ck_job_version CHECK (version BETWEEN 1 AND 9007199254740991),
    CONSTRAINT ck_job_times CHECK (
        core.is_instant(created_at) AND core.is_instant(started_at) AND core.is_instant(finished_at)
        AND core.is_instant(undo_until))
) WITH (fillfactor = 50);

-- Serves the list, newest first.
CREATE INDEX ix_job_list ON core.job (workspace_id, service, id);

ALTER TABLE core.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.job FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON core.job
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
-- And of these a service has its own alone.
CREATE POLICY service ON core.job AS RESTRICTIVE TO casebook_service USING (service = current_user);

GRANT SELECT, INSERT, DELETE ON core.job TO casebook_service;
GRANT UPDATE (
    status, slot, position, done, changed, unchanged, refused, refusals, failure, started_at, finished_at, undo_until,
    undone_by, undo_permissions, undo_request_id, restored, kept, version
) ON core.job TO casebook_service;

-- What a job did to each record that it changed, so that it can be undone, and what it was forbidden to change.
CREATE TABLE core.job_item (
    workspace_id uuid NOT NULL,
    job_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    service text NOT NULL,
    -- The record's version after the change, and what it was before: closed fields and ids only, never texts.
    version bigint,
    before jsonb,
    -- Why it was not changed.
    code text,
    CONSTRAINT pk_job_item PRIMARY KEY (workspace_id, job_id, subject_id),
    CONSTRAINT fk_job_item_job FOREIGN KEY (workspace_id, job_id) REFERENCES core.job (workspace_id, id),
    CONSTRAINT ck_job_item_service CHECK (service ~ '^[a-z][a-z_]{0,39}$'),
    CONSTRAINT ck_job_item_kind CHECK (
        CASE WHEN code IS NULL THEN version IS NOT NULL AND before IS NOT NULL
            ELSE version IS NULL AND before IS NULL END),
    CONSTRAINT ck_job_item_version CHECK (version BETWEEN 1 AND 9007199254740991),
    CONSTRAINT ck_job_item_before CHECK (jsonb_typeof(before) = 'object' AND pg_column_size(before) <= 2048),
    CONSTRAINT ck_job_item_code CHECK (code ~ '^[a-z][a-z_]{0,39}$')
);

-- Serves the list of what was refused.
CREATE INDEX ix_job_item_refused ON core.job_item (workspace_id, job_id, subject_id) WHERE code IS NOT NULL;

ALTER TABLE core.job_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE core.job_item FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON core.job_item
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
CREATE POLICY service ON core.job_item AS RESTRICTIVE TO casebook_service USING (service = current_user);

GRANT SELECT, INSERT, DELETE ON core.job_item TO casebook_service;
