-- What belongs to a task: its checklist, what it is a part of and waits for, what is said about it and to whom, who
-- follows it, and the time that it took.

-- What lists show of other tasks is folded in by whoever changes those: so that a task's tag says all that it shows,
-- and its own lock decides whether it may end. Such a fold is no change of the task: it counts as a revision of labels.
ALTER TABLE tasks.task
    ADD COLUMN subtask_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN open_subtask_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN open_blocker_count bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT ck_task_relations CHECK (
        open_subtask_count BETWEEN 0 AND subtask_count AND subtask_count <= 200
        AND open_blocker_count BETWEEN 0 AND 50);

GRANT UPDATE (subtask_count, open_subtask_count, open_blocker_count) ON tasks.task TO tasks;

-- Whoever ties tasks to each other locks the one row of the workspace after the tasks: else two could close a circle
-- between them at the same moment.
CREATE TABLE tasks.structure (
    workspace_id uuid NOT NULL,
    revision bigint NOT NULL,
    CONSTRAINT pk_structure PRIMARY KEY (workspace_id),
    CONSTRAINT ck_structure_revision CHECK (revision >= 1)
) WITH (fillfactor = 50);

ALTER TABLE tasks.structure ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.structure FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.structure
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.structure TO tasks;
GRANT UPDATE (revision) ON tasks.structure TO tasks;

-- A task waits for another. The primary key serves what a task waits for.
CREATE TABLE tasks.dependency (
    workspace_id uuid NOT NULL,
    task_id uuid NOT NULL,
    blocker_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_dependency PRIMARY KEY (workspace_id, task_id, blocker_id),
    CONSTRAINT fk_dependency_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT fk_dependency_blocker FOREIGN KEY (workspace_id, blocker_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_dependency_other CHECK (blocker_id <> task_id),
    CONSTRAINT ck_dependency_created_at CHECK (core.is_instant(created_at))
);

-- Serves what waits for a task.
CREATE INDEX ix_dependency_blocker ON tasks.dependency (workspace_id, blocker_id, task_id);

ALTER TABLE tasks.dependency ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.dependency FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.dependency
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.dependency TO tasks;

-- The steps of a task. Places have gaps where steps were taken off; the task's lock keeps them apart.
CREATE TABLE tasks.checklist_entry (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    place bigint NOT NULL,
    text text NOT NULL,
    is_done bool NOT NULL DEFAULT false,
    done_by_id uuid,
    done_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_checklist_entry PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_checklist_entry_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_checklist_entry_place CHECK (place >= 1),
    CONSTRAINT ck_checklist_entry_text CHECK (length(text) BETWEEN 1 AND 500),
    CONSTRAINT ck_checklist_entry_done CHECK (
        is_done = (done_at IS NOT NULL) AND (is_done OR done_by_id IS NULL)),
    CONSTRAINT ck_checklist_entry_times CHECK (core.is_instant(created_at) AND core.is_instant(done_at))
);

-- Serves a task's checklist.
CREATE INDEX ix_checklist_entry_task ON tasks.checklist_entry (workspace_id, task_id, place);

ALTER TABLE tasks.checklist_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.checklist_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.checklist_entry
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.checklist_entry TO tasks;
GRANT UPDATE (place, text, is_done, done_by_id, done_at) ON tasks.checklist_entry TO tasks;

-- What people said; a comment is not changed afterwards. Whom it calls is kept for showing it.
CREATE TABLE tasks.comment (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    text text NOT NULL,
    author_kind text NOT NULL,
    author_id uuid,
    author_service text,
    mentions jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_comment PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_comment_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_comment_text CHECK (length(text) BETWEEN 1 AND 20000),
    CONSTRAINT ck_comment_author CHECK (
        author_kind IN ('user', 'customer', 'rule', 'service') AND num_nonnulls(author_id, author_service) = 1),
    CONSTRAINT ck_comment_created_at CHECK (core.is_instant(created_at))
);

-- Serves a task's comments.
CREATE INDEX ix_comment_task ON tasks.comment (workspace_id, task_id, id);

ALTER TABLE tasks.comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.comment FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.comment
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.comment TO tasks;

-- Whom a comment called: a row a person, those of a team too, and whether they read it.
CREATE TABLE tasks.mention (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    comment_id uuid NOT NULL,
    user_id uuid NOT NULL,
    team_id uuid,
    read_at timestamptz,
    CONSTRAINT pk_mention PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_mention_user UNIQUE (workspace_id, comment_id, user_id),
    CONSTRAINT fk_mention_comment FOREIGN KEY (workspace_id, comment_id) REFERENCES tasks.comment (workspace_id, id),
    CONSTRAINT ck_mention_read_at CHECK (core.is_instant(read_at))
);

-- Serve a person's mentions, and those that they have not read.
CREATE INDEX ix_mention_person ON tasks.mention (workspace_id, user_id, id);
CREATE INDEX ix_mention_unread ON tasks.mention (workspace_id, user_id, id) WHERE read_at IS NULL;

ALTER TABLE tasks.mention ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.mention FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.mention
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.mention TO tasks;
GRANT UPDATE (read_at) ON tasks.mention TO tasks;

-- Who follows a task. The primary key serves a task's watchers.
CREATE TABLE tasks.watcher (
    workspace_id uuid NOT NULL,
    task_id uuid NOT NULL,
    user_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT pk_watcher PRIMARY KEY (workspace_id, task_id, user_id),
    CONSTRAINT fk_watcher_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_watcher_added_at CHECK (core.is_instant(added_at))
);

-- Serves the tasks that somebody follows.
CREATE INDEX ix_watcher_user ON tasks.watcher (workspace_id, user_id, task_id);

ALTER TABLE tasks.watcher ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.watcher FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.watcher
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.watcher TO tasks;

-- The work on a task, by person.
CREATE TABLE tasks.time_entry (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    user_id uuid NOT NULL,
    worked interval NOT NULL,
    started_at timestamptz NOT NULL,
    note text,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_time_entry PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_time_entry_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_time_entry_worked CHECK (worked BETWEEN '1 second' AND '24 hours'),
    CONSTRAINT ck_time_entry_note CHECK (length(note) BETWEEN 1 AND 500),
    CONSTRAINT ck_time_entry_times CHECK (core.is_instant(started_at) AND core.is_instant(created_at))
);

-- Serves the work on a task.
CREATE INDEX ix_time_entry_task ON tasks.time_entry (workspace_id, task_id, id);

ALTER TABLE tasks.time_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.time_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.time_entry
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.time_entry TO tasks;

-- The clock of a person; each has one at most.
CREATE TABLE tasks.running_timer (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    task_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT pk_running_timer PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT fk_running_timer_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_running_timer_started_at CHECK (core.is_instant(started_at))
);

ALTER TABLE tasks.running_timer ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.running_timer FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.running_timer
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.running_timer TO tasks;
