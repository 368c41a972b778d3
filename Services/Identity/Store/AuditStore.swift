import Models
import Postgres
import ServiceKit

/// Reads the security audit, and blanks values in it and in the sealed activity.
struct AuditStore: Sendable {
    let database: Database

    /// The name of the list in its cursors, with its filter.
    static func binding(_ query: AuditListQuery) -> String { "audit user=\(query.userID?.description ?? "*")" }

    /// One page, newest first.
    ///
    /// Index: pk_audit, backwards.
    func list(
        _ workspace: ID<Workspace>, _ query: AuditListQuery, before: ID<AuditEntry>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = before.map { "AND id < \($0)" } ?? ""
        let person: SQL = query.userID.map { "AND user_id = \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, seq, event, actor_kind AS "actor.kind", actor_id AS "actor.id", actor_service AS "actor.service",
                user_id, credential_id, detail, request_id, created_at, blanked_by
            FROM identity.audit
            WHERE workspace_id = \(workspace) \(position) \(person)
            ORDER BY id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Blanks the values of lines of the audit and of sealed entries of the activity, and writes the line that says so.
    ///
    /// - Parameters:
    ///   - ids: From 1 to 500 lines and entries, in any order.
    ///   - context: Who asks, and where.
    /// - Returns: How many were blanked, kept under the request's key.
    /// - Throws: ``Problem`` 422 that names each id whose values cannot be blanked, when nothing is;
    ///   ``PostgresError``.
    func blank(_ ids: [ID<AuditEntry>], _ context: WriteContext) async throws -> StoredAnswer {
        let (source, line) = (AuditSource(context), ID<AuditEvent>.make(at: context.now))
        return try await database.transaction(in: context.scope) { tx in
            let rows = try await tx.query(
                """
                SELECT entry_id, outcome
                FROM identity.blank_values(
                    \(context.workspace), \(ids), \(line), \(source.actorKind), \(source.actor), \(source.service),
                    \(context.requestID), \(context.now))
                """, as: BlankingRow.self)
            let refused = Set(rows.filter { $0.outcome == .refused }.map(\.id))
            guard refused.isEmpty else { throw Self.refusal(of: refused, among: ids) }
            let blanked = rows.count { $0.outcome == .blanked }
            let answer = try StoredAnswer(
                status: 200,
                BlankedValues(
                    blanked: blanked, blankedBefore: rows.count - blanked,
                    blankedBy: blanked == 0 ? nil : ID(rawValue: line.rawValue)))
            try await context.keep(answer, in: tx)
            return answer
        }
    }

    private static func refusal(of refused: Set<ID<AuditEntry>>, among ids: [ID<AuditEntry>]) -> Problem {
        .invalidBody(
            ids.enumerated().filter { refused.contains($0.element) }.map { place, _ in
                FieldError(
                    "/ids/\(place)", .notFound,
                    "names no sealed entry or line here whose values have a digest of their own")
            })
    }
}

/// What became of one line or entry.
private struct BlankingRow: PostgresRow {
    static let columns = ["entry_id", "outcome"]

    /// The words of `identity.blank_values`.
    enum Outcome: String {
        case blanked
        case blankedBefore = "blanked_before"
        case refused
    }

    let id: ID<AuditEntry>
    let outcome: Outcome

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("entry_id")
        let word: String = try row.decode("outcome")
        guard let outcome = Outcome(rawValue: word) else { throw .invalid("the outcome \(word)") }
        self.outcome = outcome
    }
}
