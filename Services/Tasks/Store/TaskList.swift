import Models
import Postgres
import ServiceKit

/// A list of tasks as one request asks for it: its conditions, its order, and where its page starts.
struct TaskList: Sendable {
    let workspace: ID<Workspace>
    let query: TaskListQuery
    /// Who asks: whose tasks `assignee=me` are.
    let caller: ID<User>?
    /// The request's instant, by which tasks are overdue.
    let now: Timestamp

    /// The statuses that are shown: without a word those that have not ended.
    var statuses: [TaskStatus] {
        query.status?.words ?? TaskStatus.allCases.filter { !$0.isEnded }
    }

    /// The order.
    var sort: TaskSort { query.sort ?? .due }

    /// The list, its filter and its order in one text, which cursors are bound to.
    var binding: String {
        [
            "tasks", sort.rawValue, statuses.map(\.rawValue).joined(separator: ","),
            query.priority.map { $0.words.map(\.rawValue).joined(separator: ",") } ?? "*", query.kind?.value ?? "*",
            query.assignee.map { "\($0.text) \(caller?.description ?? "")" } ?? "*",
            query.delegatedBy.map { "\($0.text) \(caller?.description ?? "")" } ?? "*", query.team?.text ?? "*",
            query.project?.text ?? "*", query.parent?.description ?? "*", query.subject?.description ?? "*",
            query.due?.rawValue ?? "*", query.watcher.map { "\($0.text) \(caller?.description ?? "")" } ?? "*",
        ].joined(separator: "|")
    }

    /// The columns of the cursor, in the order of the sort.
    var keys: [String] {
        switch sort {
        case .newest, .oldest: ["_id"]
        case .due: ["_due_key", "_id"]
        case .changed: ["_updated_at", "_id"]
        case .urgent: ["_priority_rank", "_id"]
        }
    }

    /// One page and one row more.
    ///
    /// Indexes: ix_task_active, ix_task_active_due, ix_task_active_changed, ix_task_active_urgent for what has not
    /// ended; ix_task_due, ix_task_changed and pk_task for the others; ix_task_assignee, ix_task_team,
    /// ix_task_delegated_by, ix_task_subject, ix_task_parent and ix_task_board where one of these is asked for.
    func page(after cursor: [String]?) throws(Problem) -> SQL {
        let limit = (query.limit ?? .standard).value + 1
        return """
            SELECT \(TaskColumns.summary), t.id AS _id, t.due_key::text AS _due_key,
                t.updated_at::text AS _updated_at, t.priority_rank AS _priority_rank
            FROM tasks.task AS t
            WHERE \(SQL.joined(conditions + [try position(after: cursor)].compactMap(\.self), by: " AND "))
            ORDER BY \(order)
            LIMIT \(Int64(limit))
            """
    }

    /// How many there are, counted no further than one above the limit of ``ListTotal``.
    var total: SQL {
        """
        SELECT count(*) AS total
        FROM (
            SELECT 1 FROM tasks.task AS t
            WHERE \(SQL.joined(conditions, by: " AND "))
            LIMIT \(Int64(ListTotal.limit) + 1)
        ) AS counted
        """
    }

    /// Every condition but the page's position.
    var conditions: [SQL] {
        var conditions: [SQL] = ["t.workspace_id = \(workspace)"]
        if let status { conditions.append(status) }
        if let words = query.priority?.words { conditions.append("t.priority IN (\(words.list))") }
        if let kind = query.kind { conditions.append("t.kind = \(kind.value)") }
        if let assignee = query.assignee { conditions.append(person("t.assignee_id", assignee)) }
        if let delegator = query.delegatedBy { conditions.append(person("t.delegated_by_id", delegator)) }
        if let team = query.team { conditions.append(Self.queue("t.team_id", team)) }
        if let project = query.project { conditions.append(Self.queue("t.project_id", project)) }
        if let parent = query.parent { conditions.append("t.parent_id = \(parent)") }
        if let subject = query.subject { conditions.append("t.subject_id = \(subject)") }
        if let watcher { conditions.append(watcher) }
        if let due = query.due { conditions.append(due.condition(on: "t", at: now, in: workspace)) }
        return conditions
    }

    /// The conditions stand in the text, so that partial indexes serve them under any plan; they are words of ours.
    private var status: SQL? {
        if statuses == TaskStatus.allCases { return nil }
        let active = TaskStatus.allCases.filter { !$0.isEnded }
        if statuses == active { return "NOT t.is_ended" }
        let words: SQL = "t.status IN (\(statuses.list))"
        return statuses.contains(where: \.isEnded) ? words : "\(words) AND NOT t.is_ended"
    }

    private func person(_ column: SQL, _ reference: QueueReference<User>) -> SQL {
        switch reference {
        case .of(let id): "\(column) = \(id)"
        case .me: "\(column) = \(caller)"
        case .none: "\(column) IS NULL"
        }
    }

    /// Index: ix_watcher_user, or pk_watcher for each task of the list.
    private var watcher: SQL? {
        guard let reference = query.watcher else { return nil }
        let person: ID<User>? = if case .of(let id) = reference { id } else { caller }
        return """
            EXISTS (
                SELECT FROM tasks.watcher AS w
                WHERE w.workspace_id = \(workspace) AND w.task_id = t.id AND w.user_id = \(person))
            """
    }

    private static func queue<Entity>(_ column: SQL, _ reference: QueueReference<Entity>) -> SQL {
        if case .of(let id) = reference { return "\(column) = \(id)" }
        return "\(column) IS NULL"
    }

    private var order: SQL {
        switch sort {
        case .due: "t.due_key, t.id"
        case .newest: "t.id DESC"
        case .oldest: "t.id"
        case .changed: "t.updated_at DESC, t.id DESC"
        case .urgent: "t.priority_rank DESC, t.id"
        }
    }

    private func position(after cursor: [String]?) throws(Problem) -> SQL? {
        guard let cursor else { return nil }
        guard let id = cursor.last.flatMap({ ID<TaskItem>($0) }) else { throw PageReading.wrongCursor }
        switch sort {
        case .newest: return "t.id < \(id)"
        case .oldest: return "t.id > \(id)"
        case .due: return "(t.due_key, t.id) > (\(try instant(cursor[0])), \(id))"
        case .changed: return "(t.updated_at, t.id) < (\(try instant(cursor[0])), \(id))"
        case .urgent:
            guard let rank = Int64(cursor[0]), (1...4).contains(rank) else { throw PageReading.wrongCursor }
            return "t.priority_rank <= \(rank) AND (t.priority_rank < \(rank) OR t.id > \(id))"
        }
    }

    private func instant(_ text: String) throws(Problem) -> Timestamp {
        guard let instant = Timestamp(keptAs: text) else { throw PageReading.wrongCursor }
        return instant
    }
}

extension [TaskStatus] {
    /// The words as SQL.
    fileprivate var list: SQL {
        let words: [SQL] = map { status in
            switch status {
            case .open: "'open'"
            case .inProgress: "'in_progress'"
            case .completed: "'completed'"
            case .cancelled: "'cancelled'"
            }
        }
        return .joined(words, by: ", ")
    }
}

extension [Priority] {
    /// The words as values.
    fileprivate var list: SQL { .joined(map { "\($0)" }, by: ", ") }
}
