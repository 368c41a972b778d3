-- What other services may read. The owner's own policies are forced, so a view shows the caller's workspace alone.
CREATE VIEW tickets.ticket_card AS
    SELECT workspace_id, id, case_number, case_number || ' ' || title AS label, status, title, owner_label, assignee_id,
        assignee_name
    FROM tickets.ticket;

COMMENT ON VIEW tickets.ticket_card IS 'Published: the tickets of a workspace, with the name to show.';

GRANT SELECT ON tickets.ticket_card TO casebook_service;
