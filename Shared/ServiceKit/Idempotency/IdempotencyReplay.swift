import FoundationEssentials
package import Models
package import Postgres

/// What to answer when a request with an idempotency key fails: perhaps it succeeded before.
///
/// The write inserts its key plainly, so a repeat undoes itself and comes here. So does a request that is refused by
/// what its own first run did: an `If-Match` that no longer matches, a record that is gone.
package struct IdempotencyReplay: Sendable {
    /// What to do about the failure.
    package enum Outcome: Sendable {
        /// Answer this, with `Idempotent-Replayed: true`.
        case replay(StoredAnswer)
        /// Answer this problem instead.
        case refuse(Problem)
        /// The failure has nothing to do with the key: answer it as it is.
        case unrelated
    }

    private let database: Database

    /// Takes the database that the keys are in, as the role of the service.
    package init(database: Database) {
        self.database = database
    }

    /// Judges the failure of a request that claimed a key.
    ///
    /// A replay is preceded by a small synchronous write, so that an answer is never repeated before what it tells of
    /// is as durable as any acknowledged write.
    ///
    /// - Throws: ``PostgresError`` when the kept answer could not be read; answer it as 503.
    package func outcome(
        of error: any Error, claim: IdempotencyClaim, in workspace: ID<Workspace>, at now: Timestamp
    ) async throws(PostgresError) -> Outcome {
        if let error = error as? PostgresError {
            // A lock timeout names no constraint, and a partition's constraint has another name: the function tells.
            guard error.context?.contains("core.keep_answer") == true else { return .unrelated }
            if error.code == .lockTimeout { return .refuse(Self.inProgress) }
            guard error.isUniqueViolation else { return .unrelated }
            // Kept by another, and past its time since then: the next try runs anew.
            return try await kept(claim, workspace, now) ?? .refuse(Self.inProgress)
        }
        guard let problem = error as? Problem, Self.statusesOfRepeats.contains(problem.code.status) else {
            return .unrelated
        }
        return try await kept(claim, workspace, now) ?? .unrelated
    }

    /// Claims a key for a request of several parts, which keep their answers under keys of their own.
    ///
    /// - Returns: Whether the same request has claimed the key before.
    /// - Throws: ``Problem`` 422 when another request has, 409 while another claims it; ``PostgresError``.
    package func isRepeated(
        _ claim: IdempotencyClaim, in workspace: ID<Workspace>, at now: Timestamp
    ) async throws -> Bool {
        do {
            _ = try await database.write(
                in: .workspace(workspace), "SELECT \(claim.keeping(nil, in: workspace, at: now)) AS kept")
            return false
        } catch {
            switch try await outcome(of: error, claim: claim, in: workspace, at: now) {
            case .refuse(let problem) where problem.code == .alreadyIssued: return true
            case .refuse(let problem): throw problem
            case .replay: return true
            case .unrelated: throw error
            }
        }
    }

    /// What a repeat of a write can meet once the first has happened: no longer the caller's to do, gone, conflicting,
    /// stale, no longer valid.
    private static let statusesOfRepeats: Set<Int> = [403, 404, 409, 412, 422]

    private static let inProgress = Problem(
        .idempotencyInProgress, "Wait for the first request with this key, or try again shortly.",
        headers: ["Retry-After": "1"])

    private func kept(
        _ claim: IdempotencyClaim, _ workspace: ID<Workspace>, _ now: Timestamp
    ) async throws(PostgresError) -> Outcome? {
        let expired = now.adding(.zero - IdempotencyClaim.lifetime)
        let rows = try await database.write(
            in: .workspace(workspace),
            """
            UPDATE core.idempotency_key SET replayed_at = \(now)
            WHERE workspace_id = \(workspace) AND key_digest = \(claim.keyDigest) AND created_at > \(expired)
            RETURNING \(columns: KeptRow.self)
            """, as: KeptRow.self)
        guard let row = rows.first else { return nil }
        guard row.requestDigest == claim.requestDigest else {
            return .refuse(
                Problem(.idempotencyKeyReused, "Use a new Idempotency-Key for each different request."))
        }
        guard let answer = row.answer else {
            return .refuse(
                Problem(.alreadyIssued, "The first request with this key succeeded; its secret was shown once."))
        }
        return .replay(answer)
    }
}

/// A kept answer.
private struct KeptRow: PostgresRow {
    static let columns = ["request_digest", "status", "location", "etag", "body"]

    let requestDigest: Data
    let answer: StoredAnswer?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        requestDigest = try row.decode("request_digest")
        let status = try row.decode("status", as: Int?.self)
        let location = try row.decode("location", as: String?.self)
        let etag = try row.decode("etag", as: String?.self)
        let body = try row.decode("body", as: Data?.self)
        answer = status.map {
            StoredAnswer(status: $0, location: location, etag: etag, body: body.map(Array.init) ?? [])
        }
    }
}
