import Models
import Postgres
import ServiceKit

/// Reads pages of tickets.
struct TicketListStore: Sendable {
    let database: Database

    /// One page, and the total when it was asked for.
    ///
    /// - Throws: ``Problem`` 400 for a bad cursor or an order that a search does not have; ``PostgresError``.
    func page(of list: TicketList) async throws -> Answer<Page<TicketSummary>> {
        let limit = list.query.limit ?? .standard
        guard let phrase = list.query.q else {
            let cursor = try keys(list, count: list.keys.count)
            let rows = try await database.query(.scan, in: .workspace(list.workspace), try list.page(after: cursor))
            return try .page(
                rows, limit: limit, binding: list.binding, keys: list.keys, total: try await total(of: list))
        }
        guard list.sort == .newest else {
            throw Problem(
                .invalidParameter, "A search has its own order.",
                errors: [FieldError("sort", .notAllowed, "cannot be given together with q, except -created_at")])
        }
        guard list.query.count != true else {
            throw Problem(
                .invalidParameter, "A search finds a bounded number of tickets and does not count them.",
                errors: [FieldError("count", .notAllowed, "cannot be given together with q")])
        }
        let terms = SearchTerms(phrase.value)
        guard !terms.terms.isEmpty else {
            return try .value(Page(items: [], nextCursor: nil))
        }
        let search = TicketSearch(list: list, terms: terms)
        let page = try search.page(after: try keys(list, count: TicketSearch.keys.count))
        let rows = try await database.query(.scan, in: .workspace(list.workspace), page)
        return try .page(rows, limit: limit, binding: list.binding, keys: TicketSearch.keys)
    }

    private func keys(_ list: TicketList, count: Int) throws(Problem) -> [String]? {
        guard let cursor = list.query.cursor else { return nil }
        return try Cursor(cursor, binding: list.binding, count: count).keys
    }

    private func total(of list: TicketList) async throws -> ListTotal? {
        guard list.query.count == true else { return nil }
        let result = try await database.query(.scan, in: .workspace(list.workspace), list.total)
        return ListTotal(counted: Int(try result.value("total", as: Int64.self)))
    }
}
