import Models
import Postgres

/// Takes the turns of a service's jobs, forwards and backwards.
///
/// A turn is one transaction with the end of its timer: whatever ends the process loses and doubles nothing. It waits
/// for nobody who changes a record, since it holds many others itself meanwhile: at a record that somebody holds, or of
/// which somebody holds what its change takes besides, it stops short, and the next turn begins there.
struct JobRun<Work: JobWork>: Sendable {
    let work: Work
    let store: JobStore
    let clock: ServiceClock
    let limits: JobLimits

    /// The most tries of a turn; in the last the job is given up, so that none stays under way which nobody runs.
    static var tries: Int { 10 }

    /// One turn.
    func turn(_ timer: TimerJob, _ tx: Transaction) async throws -> TimerOutcome {
        guard var row = try await store.row(timer.subject.of(Job.self), in: timer.workspace, tx),
            row.job.status.isLive
        else { return .done }
        let now = clock.now()
        let read = row
        do {
            guard timer.attempt < Self.tries else { throw JobFailure.internalError }
            let turn = try await standing(of: row, timer, now, tx)
            // A turn that failed is tried again with fewer records.
            let limit = max(1, limits.turn >> min(timer.attempt - 1, 30))
            let isHeld = try await take(&row, turn, limit: limit)
            if isHeld { return .again(at: .now.adding(JobLimits.heldDelay)) }
        } catch let failure as JobFailure {
            row = read
            row.fail(failure.word, at: now)
        }
        try await store.save(&row, in: timer.workspace, tx)
        tx.hint(ActivityHint.channel)
        if row.job.status.isLive { return .again(at: .now) }
        _ = try await tx.query(store.sweep(row, in: timer.workspace))
        return .done
    }

    /// The next records, or the end; whether the first of them is somebody else's just now.
    private func take(_ row: inout JobRow, _ turn: JobTurn, limit: Int) async throws -> Bool {
        row.job.status == .undoing
            ? try await restore(&row, turn, limit: limit) : try await advance(&row, turn, limit: limit)
    }

    /// Whom the job acts for, with what they may do now.
    ///
    /// - Throws: ``JobFailure/permissionLost``.
    private func standing(
        of row: JobRow, _ timer: TimerJob, _ now: Timestamp, _ tx: Transaction
    ) async throws -> JobTurn {
        let principal = row.undoPrincipal ?? row.principal
        let person = try await tx.first(
            """
            SELECT p.role, p.is_active FROM identity.person AS p
            WHERE p.workspace_id = \(timer.workspace) AND p.id = \(principal.person)
            """, as: StandingRow.self)
        let granted = principal.permissions.map(Permission.init(rawValue:))
        let permissions = (person?.permissions ?? []).intersection(granted)
        guard permissions.contains(work.permission) else { throw JobFailure.permissionLost }
        return JobTurn(
            asker: JobAsker(
                workspace: timer.workspace, person: principal.person, permissions: permissions, now: now),
            context: WriteContext(
                workspace: timer.workspace, actor: .user(principal.person), requestID: principal.requestID, now: now),
            transaction: tx)
    }
}

/// What a person is at this moment.
private struct StandingRow: PostgresRow {
    static let columns = ["role", "is_active"]
    let permissions: Set<Permission>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        let role: Role = try row.decode("role")
        let isActive: Bool = try row.decode("is_active")
        permissions = isActive ? role.permissions : []
    }
}

extension JobRow {
    /// Ends what is under way, the job or its undo, since it cannot go on.
    fileprivate mutating func fail(_ word: String, at now: Timestamp) {
        if job.status == .undoing { endUndo(failure: word) } else { end(.failed, failure: word, at: now) }
    }
}
