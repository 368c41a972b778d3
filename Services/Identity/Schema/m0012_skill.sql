-- What people can be good at, for giving work to whoever can do it. An archived skill counts nowhere and stays with
-- those who have it; a deleted one keeps its row, since records of other services may go on naming it.
CREATE TABLE identity.skill (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    description text,
    is_archived bool NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_skill PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_skill_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_skill_name CHECK (length(name) BETWEEN 1 AND 140 AND length(name_key) BETWEEN 1 AND 600),
    CONSTRAINT ck_skill_description CHECK (length(description) BETWEEN 1 AND 500),
    CONSTRAINT ck_skill_version CHECK (version >= 1),
    CONSTRAINT ck_skill_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(deleted_at))
);

-- The name is unique among the skills that were not deleted. Also serves the list of skills by name.
CREATE UNIQUE INDEX uq_skill_name ON identity.skill (workspace_id, name_key) WHERE deleted_at IS NULL;

ALTER TABLE identity.skill ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.skill FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.skill
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.skill TO identity;
GRANT UPDATE (name, name_key, description, is_archived, version, updated_at, deleted_at) ON identity.skill TO identity;

-- Who can do what how well. The primary key serves a person's skills in order of skill.
CREATE TABLE identity.user_skill (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    skill_id uuid NOT NULL,
    level bigint NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT pk_user_skill PRIMARY KEY (workspace_id, user_id, skill_id),
    CONSTRAINT fk_user_skill_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT fk_user_skill_skill FOREIGN KEY (workspace_id, skill_id) REFERENCES identity.skill (workspace_id, id),
    CONSTRAINT ck_user_skill_level CHECK (level BETWEEN 1 AND 5),
    CONSTRAINT ck_user_skill_set_at CHECK (core.is_instant(set_at))
);

-- Serves the people who have a skill, in order of user, with their levels.
CREATE INDEX ix_user_skill_skill ON identity.user_skill (workspace_id, skill_id, user_id) INCLUDE (level);

ALTER TABLE identity.user_skill ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.user_skill FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.user_skill
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.user_skill TO identity;
GRANT UPDATE (level, set_at) ON identity.user_skill TO identity;

CREATE VIEW identity.skill_card AS
    SELECT workspace_id, id, name, is_archived, deleted_at IS NOT NULL AS is_deleted
    FROM identity.skill;

COMMENT ON VIEW identity.skill_card IS 'Published: the skills of a workspace, the archived and deleted too.';

CREATE VIEW identity.agent_skill AS
    SELECT k.workspace_id, k.user_id, k.skill_id, k.level
    FROM identity.user_skill AS k
    JOIN identity.skill AS s ON s.workspace_id = k.workspace_id AND s.id = k.skill_id
    WHERE NOT s.is_archived AND s.deleted_at IS NULL;

COMMENT ON VIEW identity.agent_skill IS
    'Published: who can do what, from 1 (learning) to 5 (expert); archived skills count nowhere.';

GRANT SELECT ON identity.skill_card, identity.agent_skill TO casebook_service;
