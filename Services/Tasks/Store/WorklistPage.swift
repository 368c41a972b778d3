import Models
import Postgres
import ServiceKit

/// The joint list as one request asks for it: two halves in one order, each by an index of its own.
struct WorklistPage: Sendable {
    let workspace: ID<Workspace>
    let query: WorklistQuery
    /// Who asks: whose work is shown when nobody is named.
    let caller: ID<User>?
    /// The request's instant, by which work is overdue.
    let now: Timestamp

    /// The columns of the cursor, in the order of the list.
    static let keys = ["_due_key", "_urgency", "_id"]

    /// The list and its filter in one text, which cursors are bound to.
    var binding: String {
        [
            "worklist", query.kind?.rawValue ?? "*", assignee?.description ?? "", query.team?.text ?? "*",
            query.status?.rawValue ?? "*",
            query.priority.map { $0.words.map(\.rawValue).joined(separator: ",") } ?? "*", query.due?.rawValue ?? "*",
        ].joined(separator: "|")
    }

    private var kinds: [WorkItemKind] { query.kind.map { [$0] } ?? WorkItemKind.allCases }

    /// Whose work is shown, by the key of the two indexes: what nobody has belongs to the id of zeros.
    private var assignee: ID<User>? {
        switch query.assignee {
        case .of(let id): id
        case .none?: .sample
        case .me, nil: caller
        }
    }

    /// One page and one row more: so many of each half, put together.
    ///
    /// Indexes: ix_ticket_work behind tickets.work_item, ix_task_work behind tasks.work_item.
    func page(after cursor: [String]?) throws(Problem) -> SQL {
        let limit = Int64((query.limit ?? .standard).value + 1)
        let conditions = conditions + [try position(after: cursor)].compactMap(\.self)
        let halves: [SQL] = kinds.map { kind in
            """
            (SELECT \(kind.columns)
            FROM \(kind.view) AS w
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY w.due_key, w.urgency, w.id
            LIMIT \(limit))
            """
        }
        return """
            SELECT w.kind, w.id, w.case_number, w.title, w.status, w.priority, w.label, w.assignee_id AS "assignee.id",
                w.assignee_name AS "assignee.name", w.team_id AS "team.id", w.team_name AS "team.name", w.due_on,
                w.due_at, w.is_required, w.version, w.updated_at, w.due_key::text AS _due_key, w.urgency AS _urgency,
                w.id AS _id
            FROM (\(SQL.joined(halves, by: " UNION ALL "))) AS w
            ORDER BY w.due_key, w.urgency, w.id
            LIMIT \(limit)
            """
    }

    /// How many there are, counted no further than one above the limit of ``ListTotal``.
    var total: SQL {
        let limit = Int64(ListTotal.limit) + 1
        let halves: [SQL] = kinds.map { kind in
            "(SELECT 1 FROM \(kind.view) AS w WHERE \(SQL.joined(conditions, by: " AND ")) LIMIT \(limit))"
        }
        return """
            SELECT count(*) AS total
            FROM (SELECT 1 FROM (\(SQL.joined(halves, by: " UNION ALL "))) AS w LIMIT \(limit)) AS counted
            """
    }

    /// Every condition but the page's position; both views have these columns.
    private var conditions: [SQL] {
        var conditions: [SQL] = ["w.workspace_id = \(workspace)", "w.assignee_key = \(assignee)"]
        switch query.team {
        case .of(let id): conditions.append("w.team_id = \(id)")
        case .none?: conditions.append("w.team_id IS NULL")
        case .me, nil: break
        }
        if let status = query.status { conditions.append("w.status = \(status.rawValue)") }
        if let words = query.priority?.words {
            conditions.append("w.priority IN (\(SQL.joined(words.map { "\($0)" }, by: ", ")))")
        }
        if let due = query.due { conditions.append(due.condition(on: "w", at: now, in: workspace)) }
        return conditions
    }

    private func position(after cursor: [String]?) throws(Problem) -> SQL? {
        guard let cursor else { return nil }
        guard let due = Timestamp(keptAs: cursor[0]), let urgency = Int64(cursor[1]), (1...4).contains(urgency),
            let id = ID<WorkItem>(cursor[2])
        else { throw PageReading.wrongCursor }
        return "(w.due_key, w.urgency, w.id) > (\(due), \(urgency), \(id))"
    }
}

extension WorkItemKind {
    /// What is left to do of this kind: tickets as their service publishes them, tasks by the service's own view.
    fileprivate var view: SQL {
        switch self {
        case .ticket: "tickets.work_item"
        case .task: "tasks.work_item"
        }
    }

    /// The columns of a half, the same for both.
    fileprivate var columns: SQL {
        let (own, others): (SQL, SQL) =
            switch self {
            case .ticket:
                (
                    "'ticket' AS kind, w.case_number, w.owner_label AS label",
                    "NULL::date AS due_on, false AS is_required"
                )
            case .task:
                ("'task' AS kind, NULL::text AS case_number, w.subject_label AS label", "w.due_on, w.is_required")
            }
        return """
            \(own), w.id, w.title, w.status, w.priority, w.assignee_id, w.assignee_name, w.team_id, w.team_name,
            \(others), w.due_at, w.version, w.updated_at, w.due_key, w.urgency
            """
    }
}

extension Timestamp {
    /// Reads an instant as a cursor keeps it: PostgreSQL's text; `nil` for any other.
    init?(keptAs text: String) {
        guard let instant = try? Timestamp(postgresText: text, type: .timestamptz) else { return nil }
        self = instant
    }
}
