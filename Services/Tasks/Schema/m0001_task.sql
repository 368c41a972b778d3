-- One task is one thing to do, for a record of any service or by itself. Names of its subject, assignee and team are
-- copied in, since lists show them, and a consumer keeps them fresh; `label_revision` counts those refreshes, which are
-- no changes of the record.
GRANT USAGE ON SCHEMA tasks TO tasks, casebook_service;

CREATE TABLE tasks.task (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    description text,
    kind text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    -- Nothing is left to do: what lists hide, as a literal that partial indexes carry.
    is_ended bool NOT NULL GENERATED ALWAYS AS (status = 'completed' OR status = 'cancelled') STORED,
    priority text COLLATE "C" NOT NULL,
    -- What a list by urgency sorts by.
    priority_rank bigint NOT NULL GENERATED ALWAYS AS (
        CASE priority WHEN 'urgent' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) STORED,
    subject_kind text COLLATE "C",
    subject_id uuid,
    subject_label text,
    assignee_id uuid,
    assignee_name text,
    team_id uuid,
    team_name text,
    delegated_by_id uuid,
    delegated_by_name text,
    -- Due on a day of the workspace, whose end is then due_at; or at an instant.
    due_on date,
    due_at timestamptz,
    -- What a list by due time sorts by: what is due at no time comes last.
    due_key timestamptz NOT NULL GENERATED ALWAYS AS (
        COALESCE(due_at, '9999-12-31T23:59:59.999999Z'::timestamptz)) STORED,
    estimate interval,
    tracked interval NOT NULL DEFAULT '0 seconds',
    -- What somebody set where there is no checklist, else what the checklist says.
    progress_percent bigint NOT NULL DEFAULT 0,
    checklist_total bigint NOT NULL DEFAULT 0,
    checklist_done bigint NOT NULL DEFAULT 0,
    is_required bool NOT NULL DEFAULT false,
    parent_id uuid,
    project_id uuid,
    milestone_id uuid,
    -- Where it stands in its column of the project's board: texts between which there is always room for another.
    board_rank text COLLATE "C",
    series_id uuid,
    version bigint NOT NULL DEFAULT 1,
    label_revision bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    status_changed_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_task PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_task_parent FOREIGN KEY (workspace_id, parent_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_task_title CHECK (length(title) BETWEEN 1 AND 140),
    CONSTRAINT ck_task_description CHECK (length(description) BETWEEN 1 AND 20000),
    CONSTRAINT ck_task_kind CHECK (kind ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT ck_task_status CHECK (status IN ('open', 'in_progress', 'completed', 'cancelled')),
    CONSTRAINT ck_task_priority CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT ck_task_subject CHECK (
        num_nulls(subject_kind, subject_id, subject_label) IN (0, 3)
        AND (subject_kind IS NULL OR subject_kind IN (
            'ticket', 'individual', 'organization', 'opportunity', 'equipment', 'article'))
        AND length(subject_label) BETWEEN 1 AND 500),
    CONSTRAINT ck_task_assignee CHECK (num_nulls(assignee_id, assignee_name) IN (0, 2)),
    CONSTRAINT ck_task_team CHECK (num_nulls(team_id, team_name) IN (0, 2)),
    CONSTRAINT ck_task_delegated_by CHECK (num_nulls(delegated_by_id, delegated_by_name) IN (0, 2)),
    CONSTRAINT ck_task_names CHECK (
        length(assignee_name) <= 140 AND length(team_name) <= 140 AND length(delegated_by_name) <= 140),
    CONSTRAINT ck_task_due CHECK (due_on IS NULL OR due_at IS NOT NULL),
    CONSTRAINT ck_task_work CHECK (
        estimate BETWEEN '1 second' AND '1000 hours' AND tracked BETWEEN '0 seconds' AND '1000000 hours'),
    CONSTRAINT ck_task_progress CHECK (
        progress_percent BETWEEN 0 AND 100 AND checklist_done BETWEEN 0 AND checklist_total),
    CONSTRAINT ck_task_required CHECK (NOT is_required OR (subject_kind IS NOT NULL AND subject_kind = 'ticket')),
    CONSTRAINT ck_task_parent CHECK (parent_id <> id),
    CONSTRAINT ck_task_project CHECK (
        (milestone_id IS NULL OR project_id IS NOT NULL) AND (project_id IS NULL) = (board_rank IS NULL)),
    CONSTRAINT ck_task_board_rank CHECK (board_rank ~ '^[0-9A-Za-z]{1,200}$'),
    CONSTRAINT ck_task_versions CHECK (version >= 1 AND label_revision >= 0),
    CONSTRAINT ck_task_ended CHECK ((ended_at IS NOT NULL) = (status = 'completed' OR status = 'cancelled')),
    CONSTRAINT ck_task_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(status_changed_at)
        AND core.is_instant(started_at) AND core.is_instant(ended_at) AND core.is_instant(due_at)
        AND due_on BETWEEN '0001-01-01' AND '9999-12-31')
);

-- The lists of TaskList.swift. The primary key serves the list of all by time of making.
CREATE INDEX ix_task_active ON tasks.task (workspace_id, id) WHERE NOT is_ended;
CREATE INDEX ix_task_active_due ON tasks.task (workspace_id, due_key, id) WHERE NOT is_ended;
CREATE INDEX ix_task_active_changed ON tasks.task (workspace_id, updated_at, id) WHERE NOT is_ended;
CREATE INDEX ix_task_active_urgent ON tasks.task (workspace_id, priority_rank DESC, id) WHERE NOT is_ended;
CREATE INDEX ix_task_due ON tasks.task (workspace_id, due_key, id);
CREATE INDEX ix_task_changed ON tasks.task (workspace_id, updated_at, id);
CREATE INDEX ix_task_assignee ON tasks.task (workspace_id, assignee_id, is_ended, due_key, id);
CREATE INDEX ix_task_team ON tasks.task (workspace_id, team_id, is_ended, due_key, id);
CREATE INDEX ix_task_subject ON tasks.task (workspace_id, subject_id, id) WHERE subject_id IS NOT NULL;
CREATE INDEX ix_task_parent ON tasks.task (workspace_id, parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX ix_task_board ON tasks.task (workspace_id, project_id, status, board_rank, id)
    WHERE project_id IS NOT NULL;
-- The neighbours of a place on a board, whatever their column.
CREATE INDEX ix_task_board_place ON tasks.task (workspace_id, project_id, board_rank, id)
    WHERE project_id IS NOT NULL;
-- A milestone's tasks, and what its deletion looks for.
CREATE INDEX ix_task_milestone ON tasks.task (workspace_id, project_id, milestone_id, id)
    WHERE milestone_id IS NOT NULL;

ALTER TABLE tasks.task ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.task FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.task
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.task TO tasks;
GRANT UPDATE (
    title, description, kind, status, priority, subject_kind, subject_id, subject_label, assignee_id, assignee_name,
    team_id, team_name, delegated_by_id, delegated_by_name, due_on, due_at, estimate, tracked, progress_percent,
    checklist_total, checklist_done, is_required, parent_id, project_id, milestone_id, board_rank, version,
    label_revision, updated_at, status_changed_at, started_at, ended_at
) ON tasks.task TO tasks;

-- A workspace's own kinds of tasks, beside the four that all have. Tasks carry the word.
CREATE TABLE tasks.kind (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    name text NOT NULL,
    is_active bool NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT pk_kind PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_kind_word UNIQUE (workspace_id, word),
    CONSTRAINT ck_kind_word CHECK (
        word ~ '^[a-z][a-z0-9_]{0,39}$'
        AND word NOT IN ('administrative', 'sales_follow_up', 'report', 'milestone')),
    CONSTRAINT ck_kind_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_kind_version CHECK (version >= 1)
);

ALTER TABLE tasks.kind ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.kind FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.kind
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.kind TO tasks;
GRANT UPDATE (name, is_active, version) ON tasks.kind TO tasks;
