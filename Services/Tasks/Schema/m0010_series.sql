-- What makes tasks again and again by a rule (RFC 5545), by the clock on the wall of a time zone. Dates and times of that
-- clock are no instants: they are kept as texts, `YYYY-MM-DDTHH:MM:SS`, which sort as they follow each other.
CREATE TABLE tasks.series (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    rule text COLLATE "C" NOT NULL,
    start text COLLATE "C" NOT NULL,
    zone text COLLATE "C" NOT NULL,
    -- What the tasks are to say.
    title text NOT NULL,
    description text,
    kind text COLLATE "C" NOT NULL,
    priority text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C",
    subject_id uuid,
    subject_label text,
    assignee_id uuid,
    assignee_name text,
    team_id uuid,
    team_name text,
    estimate interval,
    is_required bool NOT NULL DEFAULT false,
    -- How long before it is due a task is made.
    made_before interval NOT NULL DEFAULT '0 seconds',
    -- The next task, by the clock on the wall and as an instant; empty while the series is paused and when it has ended.
    next_occurrence text COLLATE "C",
    next_at timestamptz,
    made_count bigint NOT NULL DEFAULT 0,
    skipped_count bigint NOT NULL DEFAULT 0,
    is_paused bool NOT NULL DEFAULT false,
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_series PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_series_rule CHECK (length(rule) BETWEEN 1 AND 1000),
    CONSTRAINT ck_series_clock CHECK (
        start ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$'
        AND next_occurrence ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$'),
    CONSTRAINT ck_series_zone CHECK (tasks.is_zone_name(zone)),
    CONSTRAINT ck_series_title CHECK (length(title) BETWEEN 1 AND 140),
    CONSTRAINT ck_series_description CHECK (length(description) BETWEEN 1 AND 20000),
    CONSTRAINT ck_series_kind CHECK (kind ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT ck_series_priority CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT ck_series_subject CHECK (
        num_nulls(subject_kind, subject_id, subject_label) IN (0, 3)
        AND (subject_kind IS NULL OR subject_kind IN (
            'ticket', 'individual', 'organization', 'opportunity', 'equipment', 'article'))
        AND length(subject_label) BETWEEN 1 AND 500),
    CONSTRAINT ck_series_assignee CHECK (
        num_nulls(assignee_id, assignee_name) IN (0, 2) AND length(assignee_name) <= 140),
    CONSTRAINT ck_series_team CHECK (num_nulls(team_id, team_name) IN (0, 2) AND length(team_name) <= 140),
    CONSTRAINT ck_series_work CHECK (
        estimate BETWEEN '1 second' AND '1000 hours' AND made_before BETWEEN '0 seconds' AND '720 hours'),
    CONSTRAINT ck_series_required CHECK (NOT is_required OR (subject_kind IS NOT NULL AND subject_kind = 'ticket')),
    CONSTRAINT ck_series_next CHECK (
        num_nulls(next_occurrence, next_at) IN (0, 2)
        AND (next_at IS NULL) = (is_paused OR ended_at IS NOT NULL)),
    CONSTRAINT ck_series_counts CHECK (made_count >= 0 AND skipped_count >= 0 AND version >= 1),
    CONSTRAINT ck_series_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(next_at)
        AND core.is_instant(ended_at))
);

ALTER TABLE tasks.series ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.series FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.series
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.series TO tasks;
GRANT UPDATE (
    rule, start, zone, title, description, kind, priority, subject_kind, subject_id, subject_label, assignee_id,
    assignee_name, team_id, team_name, estimate, is_required, made_before, next_occurrence, next_at, made_count,
    skipped_count, is_paused, ended_at, version, updated_at
) ON tasks.series TO tasks;

-- The occurrences of a series of which something is known: the task that was made for one, or, without a task, that
-- somebody left it out. The key is what keeps a task from being made twice.
CREATE TABLE tasks.series_occurrence (
    workspace_id uuid NOT NULL,
    series_id uuid NOT NULL,
    occurrence text COLLATE "C" NOT NULL,
    task_id uuid,
    CONSTRAINT pk_series_occurrence PRIMARY KEY (workspace_id, series_id, occurrence),
    CONSTRAINT fk_series_occurrence_series FOREIGN KEY (workspace_id, series_id)
        REFERENCES tasks.series (workspace_id, id),
    CONSTRAINT fk_series_occurrence_task FOREIGN KEY (workspace_id, task_id)
        REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_series_occurrence_clock CHECK (
        occurrence ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$')
);

-- What is left out, which the rule's expansion passes over.
CREATE INDEX ix_series_occurrence_left_out ON tasks.series_occurrence (workspace_id, series_id, occurrence)
    WHERE task_id IS NULL;

ALTER TABLE tasks.series_occurrence ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.series_occurrence FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.series_occurrence
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.series_occurrence TO tasks;

-- No task was of a series before: it holds as soon as it is there.
ALTER TABLE tasks.task ADD CONSTRAINT fk_task_series FOREIGN KEY (workspace_id, series_id)
    REFERENCES tasks.series (workspace_id, id) NOT VALID;
