-- no-transaction
-- Serves the list of what somebody delegated, and the refresh of the names of those who did.
CREATE INDEX CONCURRENTLY ix_task_delegated_by ON tasks.task (workspace_id, delegated_by_id, is_ended, due_key, id)
    WHERE delegated_by_id IS NOT NULL;
