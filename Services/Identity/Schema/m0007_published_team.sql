-- Names and settings that other services show or decide by.
CREATE VIEW identity.team_card AS
    SELECT workspace_id, id, name, deleted_at IS NOT NULL AS is_deleted
    FROM identity.team;

COMMENT ON VIEW identity.team_card IS 'Published: the teams of a workspace, the dissolved too.';

CREATE VIEW identity.workspace_zone AS
    SELECT workspace_id, time_zone
    FROM identity.workspace;

COMMENT ON VIEW identity.workspace_zone IS 'Published: the time zone whose days a workspace counts by.';

GRANT SELECT ON identity.team_card, identity.workspace_zone TO casebook_service;
