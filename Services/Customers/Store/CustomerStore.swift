import Models
import Postgres
import ServiceKit

/// Reads people or organizations.
struct CustomerStore<Record: StoredCustomer>: Sendable {
    let database: Database

    /// What a list is narrowed to.
    struct Filter: Sendable {
        var email: ContactKey?
        var phone: ContactKey?
        var organization: ID<Organization>?
    }

    /// One page of a list.
    ///
    /// Indexes: ix_…_name and ix_…_created; with a mail address or a number ix_contact_value, with an organization
    /// pk_membership, whose ids are looked up first: what is left is sorted.
    func list(_ workspace: ID<Workspace>, _ filter: Filter, _ place: CustomerOrder, limit: Int) async throws
        -> ResultSet
    {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(Record.selection(workspace)), o.name_key AS _name_key, o.created_at AS _created_at
            FROM \(Record.table) AS o
            WHERE o.workspace_id = \(workspace) AND o.deleted_at IS NULL
                \(conditions(filter, workspace)) \(place.condition)
            ORDER BY \(place.order)
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// How many records a list has in all, counted up to the limit.
    func total(_ workspace: ID<Workspace>, _ filter: Filter) async throws -> ListTotal {
        let result = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT count(*) AS total
            FROM (
                SELECT 1
                FROM \(Record.table) AS o
                WHERE o.workspace_id = \(workspace) AND o.deleted_at IS NULL \(conditions(filter, workspace))
                LIMIT \(Int64(ListTotal.limit) + 1)
            ) AS counted
            """)
        return ListTotal(counted: try result.value("total"))
    }

    /// Those that answer what somebody typed, best first.
    func search(_ workspace: ID<Workspace>, _ phrase: String, limit: Int) async throws -> ResultSet {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(Record.selection(workspace))
            FROM customers.search(\(workspace), \(Record.kind.rawValue), \(phrase), \(Int32(limit))) AS s
            JOIN \(Record.table) AS o ON o.workspace_id = \(workspace) AND o.id = s.id
            WHERE o.deleted_at IS NULL
            ORDER BY s.rank DESC, o.name_key, o.id
            LIMIT \(Int64(limit))
            """)
    }

    /// One record; no row when there is none.
    func show(_ workspace: ID<Workspace>, _ id: ID<Record>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT \(Record.selection(workspace))
            FROM \(Record.table) AS o
            WHERE o.workspace_id = \(workspace) AND o.id = \(id) AND o.deleted_at IS NULL
            """)
    }

    private func conditions(_ filter: Filter, _ workspace: ID<Workspace>) -> SQL {
        var conditions: [SQL] = [filter.email, filter.phone].compactMap { $0 }.map { key in
            """
            AND o.id = ANY (ARRAY(
                SELECT c.\(Record.ownerColumn)
                FROM customers.contact AS c
                WHERE c.workspace_id = \(workspace) AND c.kind = \(key.kind.rawValue) AND c.value_key = \(key.text)))
            """
        }
        if let organization = filter.organization {
            conditions.append(
                """
                AND o.id = ANY (ARRAY(
                    SELECT m.individual_id
                    FROM customers.membership AS m
                    WHERE m.workspace_id = \(workspace) AND m.organization_id = \(organization)))
                """)
        }
        return SQL.joined(conditions, by: " ")
    }
}

/// In which order a list goes, and after which row a page of it starts.
enum CustomerOrder: Sendable {
    case newest(after: (createdAt: Timestamp, id: ID<AnyRecord>)?)
    case name(after: (nameKey: String, id: ID<AnyRecord>)?)

    /// The columns whose texts make the cursor.
    var keys: [String] {
        switch self {
        case .newest: ["_created_at", "id"]
        case .name: ["_name_key", "id"]
        }
    }

    fileprivate var order: SQL {
        switch self {
        case .newest: "o.created_at DESC, o.id DESC"
        case .name: "o.name_key, o.id"
        }
    }

    fileprivate var condition: SQL {
        switch self {
        case .newest(let place?): "AND (o.created_at, o.id) < (\(place.createdAt), \(place.id))"
        case .name(let place?): "AND (o.name_key, o.id) > (\(place.nameKey), \(place.id))"
        case .newest(nil), .name(nil): ""
        }
    }
}
