import Models
import Postgres
import ServiceKit

extension TimerKind {
    /// A task of a series is to be made.
    static let series = TimerKind(rawValue: "series")
}

/// Makes the tasks of series when their timers are due.
///
/// The task, its occurrence, the series' next one and the timer's next time commit together: a crash before leaves all
/// of it to be done again, and the key of the occurrence refuses a second task. Of occurrences that were missed, since
/// no process ran, the latest makes a task and the others are counted as skipped: nobody wants thirty tasks to lock up
/// the hall after a month. Missed is what was due by now; what is still to come makes a task each, one a turn, however
/// many lie within the lead.
enum SeriesWork {
    /// The most occurrences that are looked at in one turn: almost three years of days.
    private static let missedLimit = 1_000

    /// What is done about the timers.
    static let handler = TimerHandler(
        .series,
        effect: { job, tx in
            // The database's time, as that of the timer is, so that none is due too early for its series.
            let now = try await tx.query("SELECT now() AS now").value("now", as: Timestamp.self)
            return try await SeriesWork.make(job.subject.of(TaskSeries.self), in: job.workspace, at: now, tx)
        })

    /// Makes the task that is due of a series, and says when to come again.
    ///
    /// - Throws: ``SeriesViolation`` for a rule that cannot be read any more; ``PostgresError``.
    static func make(
        _ id: ID<TaskSeries>, in workspace: ID<Workspace>, at now: Timestamp, _ tx: Transaction
    ) async throws -> TimerOutcome {
        guard let series = try await SeriesStore.lock(id, workspace, tx)?.series, let nextAt = series.nextAt,
            let next = series.nextOccurrence.flatMap({ CivilDateTime($0) })
        else { return .done }
        guard series.making(of: nextAt) <= now else { return .again(at: series.making(of: nextAt)) }
        let plan = try SeriesPlan(series, except: try await SeriesStore.leftOut(of: series, workspace, tx))
        // Once a day at the most: no more of them can have been missed, and two more days hold what follows.
        let days = Int((now.microseconds - series.making(of: nextAt).microseconds) / 86_400_000_000)
        let later = plan.occurrences(after: next, limit: min(days + 2, missedLimit))
        let clock = SeriesClock(workspace: workspace)
        let known = try await clock.planned([next] + later, of: plan, in: series.zone, tx)
        let missed = known.prefix { $0.at <= now }
        let due = missed.isEmpty ? known.prefix(1) : missed
        var following = known.dropFirst(due.count).first
        if following == nil {
            let times = plan.occurrences(after: later.last ?? next, limit: 1)
            following = try await clock.planned(times, of: plan, in: series.zone, tx).first
        }
        let turn = Turn(
            series: series, due: Array(due), next: following,
            context: WriteContext(
                workspace: workspace, actor: .service(ServiceName.tasks.rawValue), requestID: "series-\(id)", now: now))
        return try await turn.write(tx)
    }
}

/// What one turn of a series comes to.
private struct Turn: Sendable {
    let series: TaskSeries
    /// The occurrences that are due, of which the last makes a task.
    let due: [PlannedOccurrence]
    /// What follows.
    let next: PlannedOccurrence?
    let context: WriteContext

    func write(_ tx: Transaction) async throws -> TimerOutcome {
        var after = series.changed(at: context.now)
        var members: [JSONValue.Member] = []
        var verb = ActivityVerb.skipped
        if let last = due.last, let task = try await task(of: last, tx) {
            try await add(task, tx)
            _ = try await tx.query(
                SeriesChangeStore.noting(last.time, of: series, task: task.id, context.workspace))
            after.madeCount += 1
            after.skippedCount += due.count - 1
            verb = .made
            members = [
                SeriesDifference.new("task_id", task.id.description),
                SeriesDifference.new("occurrence", last.time.description),
            ]
        } else {
            after.skippedCount += due.count
        }
        after.come(next: next, at: context.now)
        let changes = JSONText(
            utf8: JSONWriter.bytes(of: .object(SeriesDifference.of(series, after) + members)))
        _ = try await tx.query(SeriesStore.update(after, verb, carrying: changes, nil, context))
        return after.nextAt.map { .again(at: after.making(of: $0)) } ?? .done
    }

    /// The task, with the names as they are now: nobody's when its person has left, of no team when that is gone, and
    /// of the kind that all workspaces have when its own was retired; `nil` when what it is about is gone, or is a
    /// ticket that has ended.
    private func task(of occurrence: PlannedOccurrence, _ tx: Transaction) async throws(PostgresError) -> TaskItem? {
        let row = try await tx.first(
            "SELECT \(NameStore.columns(series.wanted, in: context.workspace))", as: NameRow.self)
        let found = row?.names ?? FoundNames()
        if let subject = series.subject {
            guard found.subjectLabel != nil else { return nil }
            if subject.kind == .ticket, try await hasEnded(subject.id, tx) { return nil }
        }
        return series.task(dueAt: occurrence.at, found: found, at: context.now)
    }

    private func hasEnded(_ ticket: ID<TaskSubject>, _ tx: Transaction) async throws(PostgresError) -> Bool {
        let result = try await tx.query(
            """
            SELECT id
            FROM tickets.ticket_card
            WHERE workspace_id = \(context.workspace) AND id = \(ticket) AND status IN ('completed', 'closed')
            """)
        return result.count > 0
    }

    private func add(_ task: TaskItem, _ tx: Transaction) async throws {
        try await TicketLock.hold([(nil, task)], tx, in: context.workspace)
        _ = try await tx.query(TaskStore.addition(of: task, answer: nil, context))
    }
}
