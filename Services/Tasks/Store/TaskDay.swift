import Models
import Postgres
import ServiceKit

/// The tasks of one person's day: those that are overdue, due today, or in progress.
struct TaskDay: Sendable {
    let workspace: ID<Workspace>
    /// Whose day.
    let person: ID<User>
    /// The request's instant, which lies in the day.
    let now: Timestamp

    /// The list in one text, which cursors are bound to.
    var binding: String { "task_day \(person)" }

    /// The columns of the cursor, in the order of the list.
    static let keys = ["_due_key", "_id"]

    /// One page and one row more: what is due first comes first, and what is due at no time last.
    ///
    /// Index: ix_task_assignee, by which no more is read than what one person has to do.
    func page(after cursor: [String]?, limit: Int) throws(Problem) -> SQL {
        """
        SELECT \(TaskColumns.summary), t.id AS _id, t.due_key::text AS _due_key
        FROM tasks.task AS t
        WHERE t.workspace_id = \(workspace) AND t.assignee_id = \(person) AND NOT t.is_ended
          AND (t.status = 'in_progress' OR \(TaskDue.today.condition(on: "t", at: now, in: workspace)))
          \(try position(after: cursor))
        ORDER BY t.due_key, t.id
        LIMIT \(Int64(limit) + 1)
        """
    }

    private func position(after cursor: [String]?) throws(Problem) -> SQL {
        guard let cursor else { return "" }
        guard let due = Timestamp(keptAs: cursor[0]), let id = ID<TaskItem>(cursor[1]) else {
            throw PageReading.wrongCursor
        }
        return "AND (t.due_key, t.id) > (\(due), \(id))"
    }
}
