-- no-transaction
-- Serves tickets.work_item, one person's or nobody's, in the order of work: its expressions are those of the view.
CREATE INDEX CONCURRENTLY ix_ticket_work ON tickets.ticket (
    workspace_id,
    (CASE WHEN assignee_id IS NULL THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE assignee_id END),
    (CASE WHEN wait_until IS NULL THEN '9999-12-31T23:59:59.999999Z'::timestamptz ELSE wait_until END),
    (CASE priority WHEN 'urgent' THEN 1::bigint WHEN 'high' THEN 2::bigint WHEN 'medium' THEN 3::bigint
        ELSE 4::bigint END),
    id)
    WHERE status IN ('open', 'in_progress');
