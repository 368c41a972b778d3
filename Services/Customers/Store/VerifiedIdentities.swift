import Models
import Postgres
import ServiceKit

/// The verified contacts of a request: of a workspace only one customer can have each.
struct VerifiedIdentities: Sendable {
    /// By their place in the request.
    private let keys: [(place: Int, key: ContactKey)]

    /// Takes the contacts of a request in its order.
    init(_ contacts: [(kind: ContactKind, value: String, isVerified: Bool)]) {
        keys = contacts.enumerated().compactMap { place, contact in
            contact.isVerified ? ContactKey(contact.kind, contact.value).map { (place, $0) } : nil
        }
    }

    /// Runs a write, and names every contact of the request that is another customer's.
    ///
    /// - Throws: ``Problem`` 409; what `write` throws.
    func namingTaken(
        in database: Database, _ workspace: ID<Workspace>, _ write: () async throws -> Void
    ) async throws {
        do {
            try await write()
        } catch let error as PostgresError where error.constraint == Self.index {
            let taken = try await taken(in: database, workspace)
            // Who had it may have let it go since: then the request is named whole.
            let places = taken.isEmpty ? keys.map(\.place) : taken
            throw Self.conflict(places.map { "/contacts/\($0)/value" })
        }
    }

    /// The same for a write of one contact, whose place is known.
    static func namingTaken<Value: Sendable>(
        _ pointer: String, _ write: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await write()
        } catch let error as PostgresError where error.constraint == index {
            throw conflict([pointer])
        }
    }

    private static let index = "uq_contact_verified"

    private static func conflict(_ pointers: [String]) -> Problem {
        Problem(
            .conflict, "Another customer of this workspace has this contact, verified.",
            errors: pointers.map { FieldError($0, .taken, "belongs to another customer") })
    }

    private func taken(in database: Database, _ workspace: ID<Workspace>) async throws -> [Int] {
        let rows = try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT kind, value_key
            FROM customers.contact
            WHERE workspace_id = \(workspace) AND value_key = ANY (\(keys.map(\.key.text))) AND is_verified
            """, as: TakenRow.self)
        return keys.filter { known in
            rows.contains { $0.kind == known.key.kind.rawValue && $0.valueKey == known.key.text }
        }.map(\.place)
    }
}

/// A verified contact that somebody has.
private struct TakenRow: PostgresRow {
    static let columns = ["kind", "value_key"]

    let kind: String
    let valueKey: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        kind = try row.decode("kind")
        valueKey = try row.decode("value_key")
    }
}
