-- What tasks needs of tickets: the lock under which both decide whether a ticket ends, and what of tickets is left to
-- do.

-- Locks a ticket of the session's workspace until the transaction's end, and answers its status as it stands then;
-- NULL when there is no such ticket. A required task that comes to be open does so under this lock, as a ticket that
-- ends does.
CREATE FUNCTION tickets.lock_ticket(workspace uuid, ticket uuid) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        stands text;
    BEGIN
        SELECT t.status INTO stands
        FROM tickets.ticket AS t
        WHERE t.workspace_id = workspace AND t.id = ticket
          AND workspace = current_setting('casebook.workspace_id')::uuid
        FOR NO KEY UPDATE OF t;
        RETURN stands;
    END
    $$;

REVOKE ALL ON FUNCTION tickets.lock_ticket(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tickets.lock_ticket(uuid, uuid) TO tasks;

-- The order of work: what is due first, then what is urgent; nobody's work is that of the id of zeros. CASE, since
-- COALESCE is no leakproof expression, and an index would not serve it under row-level security.
CREATE VIEW tickets.work_item AS
    SELECT workspace_id, id, case_number, title, status, priority, assignee_id, assignee_name, team_id, team_name,
        owner_label, wait_until AS due_at, version, updated_at,
        CASE WHEN assignee_id IS NULL THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE assignee_id END
            AS assignee_key,
        CASE WHEN wait_until IS NULL THEN '9999-12-31T23:59:59.999999Z'::timestamptz ELSE wait_until END AS due_key,
        CASE priority WHEN 'urgent' THEN 1::bigint WHEN 'high' THEN 2::bigint WHEN 'medium' THEN 3::bigint
            ELSE 4::bigint END AS urgency
    FROM tickets.ticket
    WHERE status IN ('open', 'in_progress');

COMMENT ON VIEW tickets.work_item IS 'Published: the tickets of a workspace that are neither completed nor closed.';

GRANT SELECT ON tickets.work_item TO casebook_service;
