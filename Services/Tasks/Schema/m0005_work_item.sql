-- What other services may read. The owner's own policies are forced, so a view shows the caller's workspace alone.
CREATE VIEW tasks.required_task AS
    SELECT workspace_id, subject_id AS ticket_id, id, title, status
    FROM tasks.task
    WHERE is_required AND NOT is_ended AND subject_kind = 'ticket';

COMMENT ON VIEW tasks.required_task IS 'Published: the open tasks before which their tickets cannot be completed.';

GRANT SELECT ON tasks.required_task TO casebook_service;

-- The tasks of the joint list, in columns like those of tickets.work_item.
CREATE VIEW tasks.work_item AS
    SELECT workspace_id, id, title, status, priority, subject_label, assignee_id, assignee_name, team_id, team_name,
        due_on, due_at, is_required, version, updated_at,
        CASE WHEN assignee_id IS NULL THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE assignee_id END
            AS assignee_key,
        due_key,
        CASE priority WHEN 'urgent' THEN 1::bigint WHEN 'high' THEN 2::bigint WHEN 'medium' THEN 3::bigint
            ELSE 4::bigint END AS urgency
    FROM tasks.task
    WHERE NOT is_ended;

COMMENT ON VIEW tasks.work_item IS 'The tasks of a workspace that are neither completed nor cancelled.';

GRANT SELECT ON tasks.work_item TO tasks;
