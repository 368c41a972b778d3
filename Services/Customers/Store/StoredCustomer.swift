import Models
import Postgres
import ServiceKit

/// A customer as the schema holds it: what the two tables have apart from each other.
protocol StoredCustomer: Customer, PostgresRow {
    /// The record's table.
    static var table: SQL { get }
    /// The column of a contact that names an owner of this kind.
    static var ownerColumn: SQL { get }
    /// The columns that only this kind has.
    static var ownColumns: SQL { get }
    /// The same columns of the record's alias `o`.
    static var ownSelection: SQL { get }
    /// Their values, in the same order.
    var ownValues: SQL { get }
    /// Their new values in an UPDATE.
    var ownAssignments: SQL { get }
    /// What an UPDATE empties when the record is deleted.
    static var ownErasure: SQL { get }
}

extension StoredCustomer {
    /// The kind as activity names it.
    static var record: RecordKind { RecordKind(rawValue: kind.rawValue) }
    /// The kind as callers read it.
    static var noun: String { kind.rawValue }
    /// Where the record is found.
    var address: String { "/v1/\(Self.kind.rawValue)s/\(id)" }

    /// What the wire shows of a record with the alias `o`, its contacts by kind and in the order of adding.
    ///
    /// The subquery names the workspace itself, not only the record's: a plan for any values then touches one (SC-5).
    static func selection(_ workspace: ID<Workspace>) -> SQL {
        """
        o.id, o.name, \(ownSelection), COALESCE((
            SELECT jsonb_agg(
                jsonb_build_object(
                    'id', c.id, 'kind', c.kind, 'value', c.value, 'label', c.label, 'is_verified', c.is_verified,
                    'is_primary', c.is_primary)
                ORDER BY c.kind, c.id)
            FROM customers.contact AS c
            WHERE c.workspace_id = \(workspace) AND c.\(ownerColumn) = o.id
        ), '[]'::jsonb) AS contacts, o.version, o.created_at, o.updated_at
        """
    }
}

extension Individual: StoredCustomer {
    static var columns: [String] {
        ["id", "name", "language", "note", "contacts", "version", "created_at", "updated_at"]
    }
    static var table: SQL { "customers.individual" }
    static var ownerColumn: SQL { "individual_id" }
    static var ownColumns: SQL { "language, note" }
    static var ownSelection: SQL { "o.language, o.note" }
    static var ownErasure: SQL { "language = NULL, note = NULL" }
    var ownValues: SQL { "\(language), \(note)" }
    var ownAssignments: SQL { "language = \(language), note = \(note)" }

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        self.init(
            id: try row.decode("id"), name: try row.decode("name"), language: try row.decode("language"),
            note: try row.decode("note"), contacts: try row.contacts(), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}

extension Organization: StoredCustomer {
    static var columns: [String] {
        ["id", "name", "domains", "note", "contacts", "version", "created_at", "updated_at"]
    }
    static var table: SQL { "customers.organization" }
    static var ownerColumn: SQL { "organization_id" }
    static var ownColumns: SQL { "domains, note" }
    static var ownSelection: SQL { "o.domains, o.note" }
    static var ownErasure: SQL { "domains = '{}', note = NULL" }
    var ownValues: SQL { "\(domains), \(note)" }
    var ownAssignments: SQL { "domains = \(domains), note = \(note)" }

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        self.init(
            id: try row.decode("id"), name: try row.decode("name"), domains: try row.decode("domains"),
            note: try row.decode("note"), contacts: try row.contacts(), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}

extension RowReader {
    /// The column `contacts`, as ``StoredCustomer/selection(_:)`` builds it.
    fileprivate borrowing func contacts() throws(PostgresDecodingError) -> [Contact] {
        let json = try decode("contacts", as: JSONText.self)
        do {
            return try WireJSON.decode([Contact].self, from: json.utf8)
        } catch {
            throw .invalid("contacts that are none")
        }
    }
}
