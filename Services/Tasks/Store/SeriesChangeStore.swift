import Models
import Postgres
import ServiceKit

/// Makes and changes series: each write commits with its activity and with the timer of the next task.
struct SeriesChangeStore: Sendable {
    let database: Database
    let timers: TimerStore

    /// Takes the service's database.
    init(database: Database) {
        self.database = database
        timers = TimerStore(database: database, service: .tasks)
    }

    /// Adds a series, whose next occurrence is found from now on.
    ///
    /// - Parameters:
    ///   - draft: The series without what comes next; an empty zone stands for the workspace's.
    ///   - context: Who acts.
    /// - Returns: The answer, which shows the series.
    /// - Throws: ``SeriesViolation`` for a zone that there is not, or a rule without occurrences; ``PostgresError``.
    func add(_ draft: TaskSeries, _ context: WriteContext) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            var series = draft
            let clock = SeriesClock(workspace: context.workspace)
            let reading = try await clock.reading(draft.zone.isEmpty ? nil : draft.zone, at: context.now, tx)
            series.zone = reading.zone
            let plan = try SeriesPlan(series, except: [])
            let times = plan.occurrences(after: reading.justBefore, limit: 1)
            guard let next = try await clock.planned(times, of: plan, in: series.zone, tx).first else {
                throw SeriesViolation.neverComes
            }
            series.come(next: next, at: context.now)
            let answer = try StoredAnswer(
                status: 201, series, location: "/v1/tasks/series/\(series.id)", version: series.version,
                labelRevision: 0)
            _ = try await tx.query(Self.insertion(of: series, answer, context))
            try await schedule(series, tx, context.workspace)
            return answer
        }
    }

    /// Changes a series; its next occurrence is found again when the rule, the start, the zone or the pause changes.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``SeriesViolation``; ``TaskRefusals``; ``PostgresError``.
    func change(
        _ id: ID<TaskSeries>, _ patch: UpdateTaskSeries, names: ResolvedNames, expecting version: Int64?,
        _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await write(id, .updated, expecting: version, context) { before, tx in
            guard before.endedAt == nil else { throw SeriesViolation.ended }
            var after = try patch.applied(to: before, names: names, at: context.now)
            guard after.comesOtherwise(than: before) else { return after }
            let reading = try await SeriesClock(workspace: context.workspace).reading(after.zone, at: context.now, tx)
            after.zone = reading.zone
            let next = try await next(of: after, from: reading, tx, context.workspace)
            guard next != nil || after.isPaused else { throw SeriesViolation.neverComes }
            after.come(next: after.isPaused ? nil : next, at: context.now)
            // A zone under another of its names is the same.
            return SeriesDifference.of(before, after).isEmpty ? before : after
        }
    }

    /// Ends a series; one that has ended stays as it is.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func end(_ id: ID<TaskSeries>, expecting version: Int64?, _ context: WriteContext) async throws -> StoredAnswer {
        try await write(id, .ended, expecting: version, context) { before, _ in
            guard before.endedAt == nil else { return before }
            var after = before.changed(at: context.now)
            after.endedAt = context.now
            after.come(next: nil, at: context.now)
            return after
        }
    }

    /// Leaves an occurrence to come out.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``SeriesViolation``; ``PostgresError``.
    func skip(
        _ id: ID<TaskSeries>, _ time: CivilDateTime, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await write(id, .skipped, expecting: version, context) { before, tx in
            guard before.endedAt == nil else { throw SeriesViolation.ended }
            let leftOut = try await SeriesStore.leftOut(of: before, context.workspace, tx)
            if leftOut.contains(time) { return before }
            let plan = try SeriesPlan(before, except: leftOut)
            guard let next = before.nextOccurrence.flatMap({ CivilDateTime($0) }), time >= next,
                plan.occurrences(after: time.adding(seconds: -1), limit: 1).first == time
            else { throw SeriesViolation.noOccurrence }
            guard leftOut.count(where: { $0 >= next }) < SeriesPlan.exceptionLimit else {
                throw SeriesViolation.tooManyExceptions
            }
            _ = try await tx.query(Self.noting(time, of: before, task: nil, context.workspace))
            var after = before.changed(at: context.now)
            after.skippedCount += 1
            if time == next {
                let times = plan.occurrences(after: time, limit: 1)
                let clock = SeriesClock(workspace: context.workspace)
                after.come(
                    next: try await clock.planned(times, of: plan, in: after.zone, tx).first, at: context.now)
            }
            return after
        }
    }

    /// The statement that notes what became of an occurrence: the task that was made, or that it is left out.
    static func noting(
        _ time: CivilDateTime, of series: TaskSeries, task: ID<TaskItem>?, _ workspace: ID<Workspace>
    ) -> SQL {
        """
        INSERT INTO tasks.series_occurrence (workspace_id, series_id, occurrence, task_id)
        VALUES (\(workspace), \(series.id), \(time.description), \(task))
        """
    }

    /// Locks, decides and writes; what comes back as it was is not written.
    private func write(
        _ id: ID<TaskSeries>, _ verb: ActivityVerb, expecting version: Int64?, _ context: WriteContext,
        _ decide: @Sendable (TaskSeries, Transaction) async throws -> TaskSeries
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            guard let row = try await SeriesStore.lock(id, context.workspace, tx) else {
                throw Problem.notFound("series")
            }
            let before = row.series
            if let version, version != Int64(before.version) {
                throw Problem.versionMismatch(current: Int64(before.version))
            }
            let after = try await decide(before, tx)
            let answer = try StoredAnswer(
                status: 200, after, version: after.version, labelRevision: row.labelRevision)
            guard after.version != before.version else {
                try await context.keep(answer, in: tx)
                return answer
            }
            let changes = JSONText(utf8: JSONWriter.bytes(of: .object(SeriesDifference.of(before, after))))
            _ = try await tx.query(SeriesStore.update(after, verb, carrying: changes, answer, context))
            try await schedule(after, tx, context.workspace)
            return answer
        }
    }

    /// The first occurrence from now on that has no task yet.
    private func next(
        of series: TaskSeries, from reading: ZoneReading, _ tx: Transaction, _ workspace: ID<Workspace>
    ) async throws -> PlannedOccurrence? {
        let plan = try SeriesPlan(series, except: try await SeriesStore.leftOut(of: series, workspace, tx))
        let made = try await SeriesStore.lastMade(of: series, workspace, tx)
        let times = plan.occurrences(after: max(reading.justBefore, made ?? reading.justBefore), limit: 1)
        return try await SeriesClock(workspace: workspace).planned(times, of: plan, in: series.zone, tx).first
    }

    private func schedule(
        _ series: TaskSeries, _ tx: Transaction, _ workspace: ID<Workspace>
    ) async throws(PostgresError) {
        if let next = series.nextAt {
            _ = try await tx.query(
                timers.schedule(.series, of: series.id.erased, in: workspace, at: series.making(of: next)))
        } else {
            _ = try await tx.query(timers.cancel(.series, of: series.id.erased, in: workspace))
        }
    }

    private static func insertion(of series: TaskSeries, _ answer: StoredAnswer, _ context: WriteContext) -> SQL {
        let changes = JSONText(utf8: JSONWriter.bytes(of: .object(SeriesDifference.of(nil, series))))
        return """
            WITH changed AS (
                INSERT INTO tasks.series (
                    workspace_id, id, rule, start, zone, title, description, kind, priority, subject_kind, subject_id,
                    subject_label, assignee_id, assignee_name, team_id, team_name, estimate, is_required, made_before,
                    next_occurrence, next_at, version, created_at, updated_at)
                VALUES (
                    \(context.workspace), \(series.id), \(series.rule), \(series.start), \(series.zone),
                    \(series.title), \(series.description), \(series.kind), \(series.priority),
                    \(series.subject?.kind), \(series.subject?.id), \(series.subject?.label), \(series.assignee?.id),
                    \(series.assignee?.name), \(series.team?.id), \(series.team?.name),
                    \(series.estimateSeconds.map { Duration.seconds($0) }), \(series.isRequired),
                    \(Duration.seconds(series.madeBeforeSeconds)), \(series.nextOccurrence), \(series.nextAt),
                    \(Int64(series.version)), \(series.createdAt), \(series.updatedAt))
                RETURNING id, version
            ),
            \(context.activity(.taskSeries, verb: .created, from: "changed", carrying: changes)),
            \(context.keep(answer, from: "changed"))
            SELECT count(*) FROM kept
            """
    }
}
