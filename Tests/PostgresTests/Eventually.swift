import Postgres
import TestSupport
import Testing

/// Waits until a condition holds, for at most `limit`.
func eventually(
    within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    try await TestSupport.eventually(within: limit, "what is awaited at \(sourceLocation)", condition)
}

/// Runs work that must fail with a `PostgresError`, and answers it.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, _ work: () async throws -> Void
) async throws -> PostgresError {
    do {
        try await work()
    } catch let error as PostgresError {
        return error
    }
    Issue.record("the work did not fail", sourceLocation: sourceLocation)
    throw PostgresTestError.didNotFail
}

enum PostgresTestError: Error {
    case didNotFail
    case onPurpose
}

extension ResultSet {
    /// All rows as JSON text.
    var json: String {
        get throws {
            var bytes: [UInt8] = []
            try appendJSONArray(rows: 0..<count, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension Database {
    /// Runs a statement of one row with the column `value`.
    func value<Value: PostgresDecodable>(
        in scope: Scope = .none, _ sql: SQL, as type: Value.Type = Value.self
    ) async throws -> Value {
        try await query(.point, in: scope, sql).value("value")
    }

    /// The same on a lane.
    func value<Value: PostgresDecodable>(
        _ lane: ReadLane, _ sql: SQL, as type: Value.Type = Value.self
    ) async throws -> Value {
        try await query(lane, in: .none, sql).value("value")
    }

    /// Sessions of this database that sleep in a statement whose text contains a mark.
    func sleepers(in mark: String) async throws -> Int {
        try await value(
            """
            SELECT count(*) AS value FROM pg_stat_activity
            WHERE wait_event = 'PgSleep' AND query LIKE \("%\(mark)%")
            """)
    }

    /// Sessions of this database whose statement's text contains a mark.
    func sessions(running mark: String) async throws -> Int {
        try await value(
            """
            SELECT count(*) AS value FROM pg_stat_activity
            WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE \("%\(mark)%")
            """)
    }
}
