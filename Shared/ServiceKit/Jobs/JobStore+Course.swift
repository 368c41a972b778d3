import Models
import Postgres

extension JobStore {
    // MARK: Stopping and undoing

    /// Stops a job.
    ///
    /// - Throws: ``Problem`` 404, 403, 409 or 412; ``PostgresError``.
    func cancel(_ id: ID<Job>, expecting version: Int64?, _ asker: JobOverseer) async throws -> StoredAnswer {
        let context = asker.context
        return try await database.transaction(in: context.scope) { tx in
            var row = try await locked(id, expecting: version, asker, tx)
            guard row.job.status == .queued || row.job.status == .running else {
                throw Problem(.jobEnded, "The job is \(row.job.status.rawValue) already.")
            }
            row.end(.cancelled, at: context.now)
            try await save(&row, in: context.workspace, tx)
            _ = try await tx.query(timers.cancel(.bulkJob, of: id.erased, in: context.workspace))
            _ = try await tx.query(sweep(row, in: context.workspace))
            return try await kept(row, status: 200, context, tx)
        }
    }

    /// Has a job undone, or goes on with an undo that failed.
    ///
    /// - Throws: ``Problem`` 404, 403, 409 or 412; ``PostgresError``.
    func undo(
        _ id: ID<Job>, by principal: JobPrincipal, expecting version: Int64?, _ asker: JobOverseer
    ) async throws -> StoredAnswer {
        let context = asker.context
        return try await findingPlace {
            try await database.transaction(in: context.scope) { tx in
                var row = try await locked(id, expecting: version, asker, tx)
                try row.checkUndoable(at: context.now)
                let free = try await tx.query(freeSlot(in: context.workspace))
                guard free.count > 0 else { throw Self.tooMany }
                row.beginUndo(for: principal, place: try free.value("slot", as: Int64.self))
                try await save(&row, in: context.workspace, tx)
                _ = try await tx.query(timers.schedule(.bulkJob, of: id.erased, in: context.workspace, at: .now))
                return try await kept(row, status: 202, context, tx)
            }
        }
    }

    private func locked(
        _ id: ID<Job>, expecting version: Int64?, _ asker: JobOverseer, _ tx: Transaction
    ) async throws -> JobRow {
        let row = try await tx.first(
            """
            SELECT \(columns: JobRow.self) FROM core.job AS j
            WHERE \(condition(id, in: asker.context.workspace))
            FOR NO KEY UPDATE
            """, as: JobRow.self)
        guard let row else { throw Problem.notFound("job") }
        guard asker.mayChange(row.job) else {
            throw Problem(
                .forbidden, "Somebody else began this job; stopping or undoing it needs \(asker.oversight.rawValue).")
        }
        if let version, version != Int64(row.job.version) {
            throw Problem.versionMismatch(current: Int64(row.job.version))
        }
        return row
    }

    private func kept(
        _ row: JobRow, status: Int, _ context: WriteContext, _ tx: Transaction
    ) async throws -> StoredAnswer {
        let answer = try StoredAnswer(status: status, row.job, version: row.job.version)
        try await context.keep(answer, in: tx)
        return answer
    }

    // MARK: Writing

    /// Reads a job for its next turn; `nil` when it is gone.
    ///
    /// - Throws: ``PostgresError``.
    func row(_ id: ID<Job>, in workspace: ID<Workspace>, _ tx: Transaction) async throws(PostgresError) -> JobRow? {
        try await tx.first(
            "SELECT \(columns: JobRow.self) FROM core.job AS j WHERE \(condition(id, in: workspace))",
            as: JobRow.self)
    }

    /// Writes how far a job is, as its next version.
    ///
    /// - Throws: ``TimerLeaseLost`` when the job was changed since it was read; ``PostgresError``.
    func save(_ row: inout JobRow, in workspace: ID<Workspace>, _ tx: Transaction) async throws {
        let read = row.job.version
        row.job.version += 1
        let job = row.job
        let refusals = JSONText(utf8: try WireJSON.encode(job.refusals))
        let result = try await tx.query(
            """
            UPDATE core.job AS j
            SET status = \(job.status), slot = \(row.slot), position = \(row.position), done = \(job.done),
                changed = \(job.changed), unchanged = \(job.unchanged), refused = \(job.refused),
                refusals = \(refusals), failure = \(job.failure), started_at = \(job.startedAt),
                finished_at = \(job.finishedAt), undo_until = \(job.undo.possibleUntil),
                undone_by = \(row.undoPrincipal?.person), undo_permissions = \(row.undoPrincipal?.permissions),
                undo_request_id = \(row.undoPrincipal?.requestID), restored = \(job.undo.restored),
                kept = \(job.undo.kept), version = \(job.version)
            WHERE \(condition(job.id, in: workspace)) AND j.version = \(read)
            """)
        guard result.affectedRows == 1 else { throw TimerLeaseLost() }
    }

    /// The statement that has what is kept of a job removed in its time.
    func sweep(_ row: JobRow, in workspace: ID<Workspace>) -> SQL {
        let end = (row.job.undo.possibleUntil ?? row.job.createdAt).adding(JobLimits.sweepMargin)
        return timers.schedule(.bulkJobSweep, of: row.job.id.erased, in: workspace, at: end)
    }
}

/// Who asks to stop or undo a job.
struct JobOverseer: Sendable {
    let context: WriteContext
    let permissions: Set<Permission>
    /// What it takes to change the course of what somebody else began.
    let oversight: Permission

    /// Whether they may change the course of a job: their own, or anybody's.
    func mayChange(_ job: Job) -> Bool {
        context.actor == .user(job.createdBy) || permissions.contains(oversight)
    }
}

extension JobRow {
    /// Ends the job: from now on it can be undone for a time.
    mutating func end(_ status: JobStatus, failure: String? = nil, at now: Timestamp) {
        job.status = status
        job.failure = failure
        job.finishedAt = now
        job.undo.possibleUntil = now.adding(JobLimits.undoable)
        slot = nil
    }

    /// Begins its undo; one that failed goes on where it stood.
    mutating func beginUndo(for principal: JobPrincipal, place: Int64) {
        if undoPrincipal == nil { position = .sample }
        slot = place
        job.status = .undoing
        job.failure = nil
        undoPrincipal = principal
    }

    /// Ends its undo; one that failed can be asked for again.
    mutating func endUndo(failure: String? = nil) {
        job.status = failure == nil ? .undone : .failed
        job.failure = failure
        slot = nil
    }

    /// Whether it can be undone: once, after its end, for a time.
    ///
    /// - Throws: ``Problem`` 409.
    func checkUndoable(at now: Timestamp) throws(Problem) {
        switch job.status {
        case .queued, .running: throw Problem(.notUndoable, "The job has not ended: cancel it first.")
        case .undoing, .undone: throw Problem(.notUndoable, "The job is \(job.status.rawValue) already.")
        case .completed, .cancelled, .failed: break
        }
        guard let end = job.undo.possibleUntil, now < end else {
            throw Problem(.notUndoable, "The time in which the job could be undone has passed.")
        }
    }
}
