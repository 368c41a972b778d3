-- A set of tasks that is opened for a ticket at once. Its tasks are kept as they were given: nothing looks into them but
-- the opening.
CREATE TABLE tasks.template (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    -- JSON, with its members in their order.
    items text NOT NULL,
    is_active bool NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_template PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_template_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_template_items CHECK (
        json_typeof(items::json) = 'array' AND json_array_length(items::json) BETWEEN 1 AND 50
        AND octet_length(items) <= 1048576),
    CONSTRAINT ck_template_version CHECK (version >= 1),
    CONSTRAINT ck_template_times CHECK (core.is_instant(created_at) AND core.is_instant(updated_at))
);

ALTER TABLE tasks.template ENABLE ROW LEVEL SECURITY;
ALTER TABLE tasks.template FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tasks.template
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tasks.template TO tasks;
GRANT UPDATE (name, items, is_active, version, updated_at) ON tasks.template TO tasks;
