-- The zone whose days a workspace counts by, under the name whose clock is right the whole year: with CET, and names
-- like it, the server means winter's hours in summer too.
CREATE OR REPLACE VIEW identity.workspace_zone AS
    SELECT workspace_id, core.full_zone_name(time_zone) AS time_zone
    FROM identity.workspace;
