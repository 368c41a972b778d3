-- Tells a person of a task at a time: one that they named, or so long before the task is due, which moves with it.
CREATE TABLE tasks.reminder (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- Empty while the task, before whose due time it is to be, is due at no time.
    remind_at timestamptz,
    before_due interval,
    reminded_at timestamptz,
    dismissed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_reminder PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_reminder_task FOREIGN KEY (workspace_id, task_id) REFERENCES tasks.task (workspace_id, id),
    CONSTRAINT ck_reminder_when CHECK (
        (remind_at IS NOT NULL OR before_due IS NOT NULL) AND before_due BETWEEN '0 seconds' AND '366 days'),
    CONSTRAINT ck_reminder_dismissed CHECK (dismissed_at IS NULL OR reminded_at IS NOT NULL),
    CONSTRAINT ck_reminder_version CHECK (version >= 1),
    CONSTRAINT ck_reminder_times CHECK (
        core.is_instant(remind_at) AND core.is_instant(reminded_at) AND core.is_instant(dismissed_at)
        AND core.is_instant(created_at))
);

-- A person's, in the order in which they were made; and a task's, which move when it is due at another time.
CREATE INDEX ix_reminder_person ON tasks.reminder (workspace_id, user_id, id);
CREATE INDEX ix_reminder_task ON tasks.reminder (workspace_id, task_id, id);

ALTER TABLE tasks.reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.reminder
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.reminder TO tasks;
GRANT UPDATE (remind_at, reminded_at, dismissed_at, version) ON tasks.reminder TO tasks;
