-- no-transaction
-- Serves the joint list, one person's or nobody's, in the order of work: what is due first, then what is urgent. CASE,
-- since COALESCE is no leakproof expression, and an index would not serve it under row-level security.
CREATE INDEX CONCURRENTLY ix_task_work ON tasks.task (
    workspace_id,
    (CASE WHEN assignee_id IS NULL THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE assignee_id END),
    due_key,
    (CASE priority WHEN 'urgent' THEN 1::bigint WHEN 'high' THEN 2::bigint WHEN 'medium' THEN 3::bigint
        ELSE 4::bigint END),
    id)
    WHERE NOT is_ended;
