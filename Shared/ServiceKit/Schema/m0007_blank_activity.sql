-- The values of entries of the activity can be blanked, for a person who is to be forgotten: what was changed, by whom
-- and when stays, from what to what goes. Runs as core_keeper, in the session's workspace alone, and answers the values
-- as they were. The owner of `identity` alone may call it: its own function keeps a digest of them, so that the seals
-- hold, and writes down who asked (ADR-0017).
CREATE POLICY blanking ON core.activity FOR UPDATE TO core_keeper
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
GRANT UPDATE (changes) ON core.activity TO core_keeper;

CREATE FUNCTION core.blank_activity(workspace uuid, activity_ids uuid[]) RETURNS TABLE (id uuid, changes jsonb)
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        UPDATE core.activity AS a
        SET changes = '{}'
        FROM (
            SELECT b.id, b.changes
            FROM core.activity AS b
            WHERE b.workspace_id = workspace AND b.id = ANY (activity_ids[1:500])
            ORDER BY b.id
            FOR NO KEY UPDATE
        ) AS earlier
        WHERE a.workspace_id = workspace AND a.id = earlier.id
        RETURNING a.id, earlier.changes
    $$;

REVOKE ALL ON FUNCTION core.blank_activity(uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.blank_activity(uuid, uuid[]) TO identity_owner;

GRANT CREATE ON SCHEMA core TO core_keeper;
ALTER FUNCTION core.blank_activity(uuid, uuid[]) OWNER TO core_keeper;
REVOKE CREATE ON SCHEMA core FROM core_keeper;
