import Models
import Postgres
import ServiceKit

/// Reads pages of tasks.
struct TaskListStore: Sendable {
    let database: Database

    /// One page, and the total when it was asked for.
    ///
    /// - Throws: ``Problem`` 400 for a bad cursor; ``PostgresError``.
    func page(of list: TaskList) async throws -> Answer<Page<TaskSummary>> {
        let limit = list.query.limit ?? .standard
        let cursor = try PageReading.keys(list.query.cursor, binding: list.binding, count: list.keys.count)
        let rows = try await database.query(.scan, in: .workspace(list.workspace), try list.page(after: cursor))
        return try .page(
            rows, limit: limit, binding: list.binding, keys: list.keys, total: try await total(of: list))
    }

    private func total(of list: TaskList) async throws -> ListTotal? {
        guard list.query.count == true else { return nil }
        let result = try await database.query(.scan, in: .workspace(list.workspace), list.total)
        return ListTotal(counted: Int(try result.value("total", as: Int64.self)))
    }
}
