-- A team takes work. A deleted team keeps its row, since records of other services go on naming it.
CREATE TABLE identity.team (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_team PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_team_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_team_name CHECK (length(name) BETWEEN 1 AND 140 AND length(name_key) BETWEEN 1 AND 600),
    CONSTRAINT ck_team_version CHECK (version >= 1),
    CONSTRAINT ck_team_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(deleted_at))
);

-- The name is unique among the living teams. Also serves the list of teams by name.
CREATE UNIQUE INDEX uq_team_name ON identity.team (workspace_id, name_key) WHERE deleted_at IS NULL;

ALTER TABLE identity.team ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.team FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.team
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.team TO identity;
GRANT UPDATE (name, name_key, version, updated_at, deleted_at) ON identity.team TO identity;

-- Who belongs to which team. The primary key serves a team's members in order of user.
CREATE TABLE identity.team_member (
    workspace_id uuid NOT NULL,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    joined_at timestamptz NOT NULL,
    CONSTRAINT pk_team_member PRIMARY KEY (workspace_id, team_id, user_id),
    CONSTRAINT fk_team_member_team FOREIGN KEY (workspace_id, team_id) REFERENCES identity.team (workspace_id, id),
    CONSTRAINT fk_team_member_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_team_member_joined_at CHECK (core.is_instant(joined_at))
);

-- Serves the teams of one user.
CREATE INDEX ix_team_member_user ON identity.team_member (workspace_id, user_id, team_id);

ALTER TABLE identity.team_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.team_member FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.team_member
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.team_member TO identity;
