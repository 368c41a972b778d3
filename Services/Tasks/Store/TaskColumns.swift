import Models
import Postgres
import ServiceKit

/// The columns of a task as the wire shows it.
enum TaskColumns {
    /// One task in full: the fields of ``Models/TaskItem``.
    static let full: SQL = """
        t.id, t.title, t.description, t.kind, t.status, t.priority, \(queue),
        t.delegated_by_id AS "delegated_by.id", t.delegated_by_name AS "delegated_by.name", t.due_on, t.due_at,
        extract(epoch FROM t.estimate)::bigint AS estimate_seconds,
        extract(epoch FROM t.tracked)::bigint AS tracked_seconds, \(progress), t.is_required, t.parent_id,
        \(relations), t.project_id, t.milestone_id, t.series_id, t.version, t.created_at, t.updated_at,
        t.status_changed_at, t.started_at,
        t.ended_at, t.label_revision AS _label_revision
        """

    /// One line of a list: the fields of ``Models/TaskSummary``.
    static let summary: SQL = """
        t.id, t.title, t.kind, t.status, t.priority, \(queue), t.due_on, t.due_at, \(progress), t.is_required,
        t.parent_id, \(relations), t.project_id, t.version, t.created_at, t.updated_at
        """

    private static let queue: SQL = """
        t.subject_kind AS "subject.kind", t.subject_id AS "subject.id", t.subject_label AS "subject.label",
        t.assignee_id AS "assignee.id", t.assignee_name AS "assignee.name", t.team_id AS "team.id",
        t.team_name AS "team.name"
        """

    /// What is folded in from other tasks.
    private static let relations: SQL = """
        t.subtask_count AS "subtasks.total", t.open_subtask_count AS "subtasks.open",
        t.open_blocker_count > 0 AS is_blocked
        """

    private static let progress: SQL = """
        t.progress_percent AS "progress.percent", t.checklist_done AS "progress.done",
        t.checklist_total AS "progress.total"
        """
}
