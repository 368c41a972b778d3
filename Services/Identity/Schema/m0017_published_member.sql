-- Who is told of what a team is called for.
CREATE VIEW identity.team_membership AS
    SELECT m.workspace_id, m.team_id, m.user_id
    FROM identity.team_member AS m
    JOIN identity.user AS u ON u.workspace_id = m.workspace_id AND u.id = m.user_id
    WHERE u.is_active;

COMMENT ON VIEW identity.team_membership IS 'Published: the active members of the teams of a workspace.';

GRANT SELECT ON identity.team_membership TO casebook_service;
