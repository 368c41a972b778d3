-- A set of tasks with a goal. Its tasks stand on a board, whose columns are their statuses.
CREATE TABLE tasks.project (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    status text COLLATE "C" NOT NULL,
    due_on date,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_project PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_project_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_project_description CHECK (length(description) BETWEEN 1 AND 20000),
    CONSTRAINT ck_project_status CHECK (status IN ('active', 'completed', 'archived')),
    CONSTRAINT ck_project_version CHECK (version >= 1),
    CONSTRAINT ck_project_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at)
        AND due_on BETWEEN '0001-01-01' AND '9999-12-31')
);

-- Serves the list of projects of a status, newest first; the primary key that of all.
CREATE INDEX ix_project_status ON tasks.project (workspace_id, status, id);

ALTER TABLE tasks.project ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.project FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.project
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.project TO tasks;
GRANT UPDATE (name, description, status, due_on, version, updated_at) ON tasks.project TO tasks;

-- A goal of a project at a day; a part of the project, whose versions count its changes too.
CREATE TABLE tasks.milestone (
    workspace_id uuid NOT NULL,
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    due_on date,
    reached_at timestamptz,
    CONSTRAINT pk_milestone PRIMARY KEY (workspace_id, project_id, id),
    CONSTRAINT fk_milestone_project FOREIGN KEY (workspace_id, project_id)
        REFERENCES tasks.project (workspace_id, id),
    CONSTRAINT ck_milestone_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_milestone_times CHECK (
        core.is_instant(reached_at) AND due_on BETWEEN '0001-01-01' AND '9999-12-31')
);

ALTER TABLE tasks.milestone ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.milestone FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.milestone
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON tasks.milestone TO tasks;
GRANT UPDATE (name, due_on, reached_at) ON tasks.milestone TO tasks;

-- No task was in a project before: both hold as soon as they are there.
ALTER TABLE tasks.task ADD CONSTRAINT fk_task_project FOREIGN KEY (workspace_id, project_id)
    REFERENCES tasks.project (workspace_id, id) NOT VALID;
ALTER TABLE tasks.task ADD CONSTRAINT fk_task_milestone FOREIGN KEY (workspace_id, project_id, milestone_id)
    REFERENCES tasks.milestone (workspace_id, project_id, id) NOT VALID;
