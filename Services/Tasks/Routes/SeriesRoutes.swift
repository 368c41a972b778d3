import Models
import Postgres
import ServiceKit

/// Series, which make tasks again and again.
struct SeriesRoutes: Sendable {
    let database: Database

    private var store: SeriesStore { SeriesStore(database: database) }
    private var changes: SeriesChangeStore { SeriesChangeStore(database: database) }
    private var names: NameStore { NameStore(database: database) }

    /// The endpoints and their handlers.
    var table: [Route] {
        [
            .on(RecurringTasks.list, use: list),
            .on(RecurringTasks.show, use: show),
            .on(RecurringTasks.create, use: create),
            .on(RecurringTasks.update, use: update),
            .on(RecurringTasks.end, use: end),
            .on(RecurringTasks.skip, use: skip),
            .on(RecurringTasks.occurrences, use: occurrences),
            .on(RecurringTasks.activity, use: activity),
        ]
    }

    /// One page of series.
    func list(_ call: Call<NoPath, PageQuery, NoBody>) async throws -> Answer<Page<TaskSeries>> {
        let (limit, binding) = (call.query.limit ?? .standard, SeriesStore.binding)
        let rows = try await store.list(
            in: try call.principal.workspace, before: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// One series.
    func show(_ call: Call<IDPath<TaskSeries>, NoQuery, NoBody>) async throws -> Answer<TaskSeries> {
        try .row(try await store.show(call.path.id, in: try call.principal.workspace), "series")
    }

    /// Makes a series.
    func create(_ call: Call<NoPath, NoQuery, CreateTaskSeries>) async throws -> Answer<TaskSeries> {
        let (context, body) = (try call.write, call.body)
        let found = try await names.find(body.wanted, in: context.workspace)
        let answer = try await SeriesProblems.translating {
            let plan = try SeriesPlan(rule: body.rule.value, start: body.start.value)
            let series = try body.series(plan.rule, names: try body.wanted.resolved(by: found), at: context.now)
            return try await changes.add(series, context)
        }
        return .stored(answer)
    }

    /// Changes a series, or pauses it.
    func update(_ call: Call<IDPath<TaskSeries>, NoQuery, UpdateTaskSeries>) async throws -> Answer<TaskSeries> {
        let (context, body) = (try call.write, call.body)
        let found = try await names.find(body.wanted, in: context.workspace)
        let answer = try await SeriesProblems.translating {
            let resolved = try body.wanted.resolved(by: found)
            return try await changes.change(call.path.id, body, names: resolved, expecting: call.ifMatch, context)
        }
        return .stored(answer)
    }

    /// Ends a series.
    func end(_ call: Call<IDPath<TaskSeries>, NoQuery, NoBody>) async throws -> Answer<TaskSeries> {
        .stored(try await changes.end(call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// Leaves an occurrence out.
    func skip(_ call: Call<IDPath<TaskSeries>, NoQuery, SkipOccurrence>) async throws -> Answer<TaskSeries> {
        let context = try call.write
        let answer = try await SeriesProblems.translating {
            guard let time = CivilDateTime(call.body.occurrence.value) else { throw SeriesViolation.noOccurrence }
            return try await changes.skip(call.path.id, time, expecting: call.ifMatch, context)
        }
        return .stored(answer)
    }

    /// When the next tasks are due.
    func occurrences(
        _ call: Call<IDPath<TaskSeries>, SeriesOccurrencesQuery, NoBody>
    ) async throws -> Answer<SeriesOccurrences> {
        let items = try await store.occurrences(
            of: call.path.id, in: try call.principal.workspace, limit: (call.query.limit ?? .standard).value)
        return try .value(
            SeriesOccurrences(items: items.map { SeriesOccurrence(occurrence: $0.time.description, at: $0.at) }))
    }

    /// One page of a series' activity.
    func activity(_ call: Call<IDPath<TaskSeries>, PageQuery, NoBody>) async throws -> Answer<Page<ActivityItem>> {
        let (limit, binding) = (call.query.limit ?? .standard, "series_activity \(call.path.id)")
        let workspace = try call.principal.workspace
        let rows = try await RecordHistory(of: .taskSeries, database: database).activity(
            of: call.path.id.erased, in: workspace,
            before: try PageReading.version(call.query.cursor, binding: binding), limit: limit.value)
        if rows.count == 0, try await store.show(call.path.id, in: workspace).count == 0 {
            throw Problem.notFound("series")
        }
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }
}
