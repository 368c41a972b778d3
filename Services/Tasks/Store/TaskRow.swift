import Models
import Postgres
import ServiceKit

/// A task as the table holds it.
struct TaskRow: PostgresRow {
    static let columns = [
        "id", "title", "description", "kind", "status", "priority", "subject_kind", "subject_id", "subject_label",
        "assignee_id", "assignee_name", "team_id", "team_name", "delegated_by_id", "delegated_by_name", "due_on",
        "due_at", "estimate", "tracked", "progress_percent", "checklist_done", "checklist_total", "is_required",
        "parent_id", "subtask_count", "open_subtask_count", "open_blocker_count", "project_id", "milestone_id",
        "series_id", "version", "label_revision", "created_at", "updated_at",
        "status_changed_at", "started_at", "ended_at",
    ]

    let task: TaskItem
    /// Counts refreshes of the copied names.
    let labelRevision: Int64
    /// How many tasks that have not ended it waits for.
    let openBlockers: Int

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        labelRevision = try row.decode("label_revision")
        openBlockers = Int(try row.decode("open_blocker_count", as: Int64.self))
        var task = TaskItem(
            id: try row.decode("id"), title: try row.decode("title"), kind: try row.decode("kind"),
            priority: try row.decode("priority"), seriesID: try row.decode("series_id"),
            at: try row.decode("created_at"))
        task.description = try row.decode("description")
        task.status = try row.decode("status")
        task.subject = try Self.subject(row)
        task.assignee = try Self.user(row, "assignee_id", "assignee_name")
        task.delegatedBy = try Self.user(row, "delegated_by_id", "delegated_by_name")
        task.team = try Self.team(row)
        task.dueOn = try row.decode("due_on")
        task.dueAt = try row.decode("due_at")
        task.estimateSeconds = (try row.decode("estimate", as: Duration?.self)).map { Int($0.components.seconds) }
        task.trackedSeconds = Int(try row.decode("tracked", as: Duration.self).components.seconds)
        task.progress = TaskProgress(
            percent: Int(try row.decode("progress_percent", as: Int64.self)),
            done: Int(try row.decode("checklist_done", as: Int64.self)),
            total: Int(try row.decode("checklist_total", as: Int64.self)))
        task.isRequired = try row.decode("is_required")
        task.parentID = try row.decode("parent_id")
        task.subtasks = SubtaskCounts(
            total: Int(try row.decode("subtask_count", as: Int64.self)),
            open: Int(try row.decode("open_subtask_count", as: Int64.self)))
        task.isBlocked = openBlockers > 0
        task.projectID = try row.decode("project_id")
        task.milestoneID = try row.decode("milestone_id")
        task.version = Int(try row.decode("version", as: Int64.self))
        task.updatedAt = try row.decode("updated_at")
        task.statusChangedAt = try row.decode("status_changed_at")
        task.startedAt = try row.decode("started_at")
        task.endedAt = try row.decode("ended_at")
        self.task = task
    }

    private static func subject(_ row: borrowing RowReader) throws(PostgresDecodingError) -> TaskSubject? {
        let kind: TaskSubjectKind? = try row.decode("subject_kind")
        let id: ID<TaskSubject>? = try row.decode("subject_id")
        let label: String? = try row.decode("subject_label")
        guard let kind, let id, let label else { return nil }
        return TaskSubject(kind: kind, id: id, label: label)
    }

    private static func user(
        _ row: borrowing RowReader, _ id: String, _ name: String
    ) throws(PostgresDecodingError) -> NamedUser? {
        let id: ID<User>? = try row.decode(id)
        let name: String? = try row.decode(name)
        guard let id, let name else { return nil }
        return NamedUser(id: id, name: name)
    }

    private static func team(_ row: borrowing RowReader) throws(PostgresDecodingError) -> NamedTeam? {
        let id: ID<Team>? = try row.decode("team_id")
        let name: String? = try row.decode("team_name")
        guard let id, let name else { return nil }
        return NamedTeam(id: id, name: name)
    }
}

extension TaskStatus: PostgresEncodable, PostgresDecodable {}
extension TaskSubjectKind: PostgresEncodable, PostgresDecodable {}
