import Models
import Postgres
import ServiceKit

/// A list of tickets as one request asks for it: its conditions, its order, and where its page starts.
struct TicketList: Sendable {
    let workspace: ID<Workspace>
    let query: TicketListQuery
    /// Who asks: whose tickets `assignee=me` are.
    let caller: ID<User>?

    /// The statuses that are shown.
    ///
    /// Closed tickets are hidden from lists, and stay in searches and in a customer's history.
    var statuses: [TicketStatus] {
        if let words = query.status?.words { return words }
        let isHistory = query.q != nil || query.individual != nil || query.organization != nil
        return isHistory ? TicketStatus.allCases : TicketStatus.allCases.filter { $0 != .closed }
    }

    /// The order.
    var sort: TicketSort { query.sort ?? .newest }

    /// The list, its filter and its order in one text, which cursors are bound to.
    var binding: String {
        [
            "tickets", sort.rawValue, statuses.map(\.rawValue).joined(separator: ","),
            query.priority.map { $0.words.map(\.rawValue).joined(separator: ",") } ?? "*",
            query.category?.value ?? "*", query.assignee.map { "\($0.text) \(caller?.description ?? "")" } ?? "*",
            query.team?.text ?? "*", query.individual?.description ?? "*", query.organization?.description ?? "*",
            query.q?.value ?? "",
        ].joined(separator: "|")
    }

    /// The columns of the cursor, in the order of the sort.
    var keys: [String] {
        switch sort {
        case .newest, .oldest: ["_id"]
        case .changed: ["_updated_at", "_id"]
        case .urgent: ["_priority_rank", "_id"]
        }
    }

    /// One page and one row more.
    ///
    /// Indexes: ix_ticket_active, ix_ticket_active_changed, ix_ticket_active_urgent for what is not closed;
    /// ix_ticket_status, ix_ticket_changed and pk_ticket for the others; ix_ticket_assignee, ix_ticket_team,
    /// ix_ticket_individual and ix_ticket_organization where one of these is asked for.
    func page(after cursor: [String]?) throws(Problem) -> SQL {
        let limit = (query.limit ?? .standard).value + 1
        return """
            SELECT \(TicketColumns.summary), t.id AS _id, t.updated_at::text AS _updated_at,
                t.priority_rank AS _priority_rank
            FROM tickets.ticket AS t
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
            SELECT 1 FROM tickets.ticket AS t
            WHERE \(SQL.joined(conditions, by: " AND "))
            LIMIT \(Int64(ListTotal.limit) + 1)
        ) AS counted
        """
    }

    /// Every condition but the page's position.
    var conditions: [SQL] {
        var conditions: [SQL] = ["t.workspace_id = \(workspace)"]
        if let status { conditions.append(status) }
        if let words = query.priority?.words { conditions.append("t.priority = ANY (\(words.map(\.rawValue)))") }
        if let category = query.category { conditions.append("t.category = \(category.value)") }
        if let condition = assignee { conditions.append(condition) }
        switch query.team {
        case .of(let id): conditions.append("t.team_id = \(id)")
        case .none?: conditions.append("t.team_id IS NULL")
        case .me, nil: break
        }
        if let individual = query.individual { conditions.append("t.individual_id = \(individual)") }
        if let organization = query.organization { conditions.append("t.organization_id = \(organization)") }
        return conditions
    }

    /// The words stand in the text, so that partial indexes serve them under any plan; they are words of ours.
    private var status: SQL? {
        guard statuses != TicketStatus.allCases else { return nil }
        let active = TicketStatus.allCases.filter { $0 != .closed }
        if statuses == active { return "t.status <> 'closed'" }
        let words = SQL.joined(statuses.map(\.literal), by: ", ")
        return statuses.contains(.closed)
            ? "t.status IN (\(words))" : "t.status IN (\(words)) AND t.status <> 'closed'"
    }

    private var assignee: SQL? {
        switch query.assignee {
        case .of(let id): "t.assignee_id = \(id)"
        case .me: "t.assignee_id = \(caller)"
        case .none?: "t.assignee_id IS NULL"
        case nil: nil
        }
    }

    private var order: SQL {
        switch sort {
        case .newest: "t.id DESC"
        case .oldest: "t.id"
        case .changed: "t.updated_at DESC, t.id DESC"
        case .urgent: "t.priority_rank DESC, t.id"
        }
    }

    private func position(after cursor: [String]?) throws(Problem) -> SQL? {
        guard let cursor else { return nil }
        guard let id = cursor.last.flatMap({ ID<Ticket>($0) }) else { throw Self.badCursor }
        switch sort {
        case .newest: return "t.id < \(id)"
        case .oldest: return "t.id > \(id)"
        case .changed:
            guard let instant = Timestamp(cursor[0].replacing(" ", with: "T").replacing("+00", with: "Z")) else {
                throw Self.badCursor
            }
            return "(t.updated_at, t.id) < (\(instant), \(id))"
        case .urgent:
            guard let rank = Int64(cursor[0]), (1...4).contains(rank) else { throw Self.badCursor }
            return "t.priority_rank <= \(rank) AND (t.priority_rank < \(rank) OR t.id > \(id))"
        }
    }

    static var badCursor: Problem { PageReading.wrongCursor }
}

extension TicketStatus {
    /// The word as SQL.
    fileprivate var literal: SQL {
        switch self {
        case .open: "'open'"
        case .inProgress: "'in_progress'"
        case .completed: "'completed'"
        case .closed: "'closed'"
        }
    }
}
