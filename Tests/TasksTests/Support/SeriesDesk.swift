import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

/// A series that a test made.
struct MadeSeries: Sendable {
    let id: ID<TaskSeries>
    let answer: TestAnswer
    var path: String { "/v1/tasks/series/\(id)" }
}

extension ServiceDesk<TasksDefinition> {
    /// Makes a series as the manager, and expects that this is possible.
    func series(
        _ rule: String, from start: String, more: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> MadeSeries {
        let answer = try await post(
            "/v1/tasks/series", #"{"rule": "\#(rule)", "start": "\#(start)", "title": "Lock up"\#(more)}"#,
            as: company.manager)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        let id = try #require(answer.json["id"]?.text.flatMap { ID<TaskSeries>($0) }, sourceLocation: sourceLocation)
        return MadeSeries(id: id, answer: answer)
    }

    /// What the timer of a series does when it is due at an instant.
    @discardableResult
    func turn(_ series: MadeSeries, at now: String) async throws -> TimerOutcome {
        try await service.database.transaction(in: .workspace(company.id)) { tx in
            try await SeriesWork.make(series.id, in: company.id, at: .instant(now), tx)
        }
    }

    /// When the tasks of a series are due, in order.
    func due(_ series: MadeSeries) throws -> [String] {
        try Rows.of(
            "SELECT core.json_time(due_at) FROM tasks.task WHERE series_id = '\(series.id)' ORDER BY due_at")
    }

    /// Changes a series as the manager.
    func change(_ series: MadeSeries, _ body: String) async throws -> TestAnswer {
        try await patch(series.path, body, as: company.manager)
    }

    /// The next occurrences by the clock on the wall.
    func occurrences(_ series: MadeSeries, limit: Int = 5) async throws -> [String] {
        let answer = try await get("\(series.path)/occurrences?limit=\(limit)")
        return (answer.json["items"]?.items ?? []).compactMap { $0["occurrence"]?.text }
    }
}
