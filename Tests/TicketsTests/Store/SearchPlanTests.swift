import Foundation
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

/// What a search reads does not grow with the tickets: the newest 2,000, as many more as a common word needs, at most
/// 16,000, and what the index names, at most 4,000.
@Suite("SC-6: what a search reads", .scratchDatabase(.tickets))
struct SearchPlanTests {
    /// Far more than both steps of a search look at; the bench prints the plans at a million.
    private static let tickets = 40_000
    /// The most buffers of 8 kB that any of the searches below may touch.
    private static let bound = 9_000

    /// What is typed, and how many tickets the first page must hold; digits stand in texts too.
    private static let searches: [(phrase: String, found: ClosedRange<Int>)] = [
        ("alpha", 51...51), ("beta", 51...51), ("delta", 51...51), ("gamma", 51...51), ("zanzibar", 3...3),
        ("zanzbiar", 3...3), ("elephant", 0...0), ("beta zanzibar", 1...1), ("al", 51...51), ("260115777", 1...1),
        ("5777", 5...51),
    ]

    @Test("a frequent, a rarer, a rare, a mistyped and an unknown word, a number and its end read a bounded part")
    func buffers() async throws {
        try await Desk.run { desk in
            try Self.fill(desk.company.id)
            for mode in ["force_generic_plan", "force_custom_plan"] {
                for (phrase, expected) in Self.searches {
                    let (rows, buffers) = try await Self.explain(phrase, desk, mode)
                    #expect(expected.contains(rows), "\(phrase) found \(rows)")
                    #expect(buffers <= Self.bound, "\(phrase) under \(mode) read \(buffers)")
                    #expect(buffers > 0)
                }
            }
        }
    }

    @Test("the newest come first, whether they are found by reading, by reading on, or by the index")
    func order() async throws {
        try await Desk.run { desk in
            try Self.fill(desk.company.id)
            // 800, 13 and 5 of the newest 2,000 hold these.
            for word in ["alpha", "delta", "gamma"] {
                let wanted = try Rows.of(
                    "SELECT ticket_id FROM tickets.search_text WHERE body LIKE '%\(word)%' ORDER BY 1 DESC LIMIT 60")
                let found = try await desk.all("/v1/tickets?q=\(word)", limit: 20).prefix(60)
                #expect(found.compactMap { $0["id"]?.text } == wanted, "\(word)")
            }
        }
    }

    /// The rows that a search's first page answers and the buffers that it touched.
    private static func explain(_ phrase: String, _ desk: Desk, _ mode: String) async throws -> (Int, Int) {
        let query = TicketListQuery(q: Text<SearchPhrase>(phrase))
        let search = TicketSearch(
            list: TicketList(workspace: desk.company.id, query: query, caller: desk.company.agent.id),
            terms: SearchTerms(phrase))
        let page = try search.page(after: nil)
        let result = try await desk.service.database.query(
            .scan, in: .workspace(desk.company.id).adding("plan_cache_mode", mode),
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) \(page)")
        let text = try result.value("QUERY PLAN", as: String.self)
        let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        let plan = try #require(document?.first?["Plan"] as? [String: Any])
        let buffers = ["Shared Hit Blocks", "Shared Read Blocks"].compactMap { plan[$0] as? Int }.reduce(0, +)
        return (try #require(plan["Actual Rows"] as? Int), buffers)
    }

    /// Tickets of which 40 % say alpha, 10 % beta, one in 150 delta, one in 400 gamma, and three of the oldest
    /// zanzibar, one of them with beta.
    private static func fill(_ workspace: ID<Workspace>) throws {
        try Rows.run(
            """
            DROP INDEX tickets.ix_search_text_body;
            INSERT INTO tickets.ticket (
                workspace_id, id, case_number, title, description, category, priority, status, owner_kind, memo,
                owner_label, created_at, updated_at, status_changed_at)
            SELECT '\(workspace)', (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid,
                '260115' || lpad(n::text, 3 + length((n / 1000)::text) * (n / 1000 > 0)::int, '0'), 'A ticket',
                concat_ws(' ', 'ticket', md5(n::text), CASE WHEN n % 5 < 2 THEN 'alpha' END,
                    CASE WHEN n % 10 = 3 THEN 'beta' END, CASE WHEN n % 150 = 7 THEN 'delta' END,
                CASE WHEN n % 400 = 9 THEN 'gamma' END, CASE WHEN n IN (21, 33, 48) THEN 'zanzibar' END,
                    repeat('with some words more ', 8)),
                'inquiry', 'medium', 'open', 'memo', 'somebody', 'somebody', now(), now(), now()
            FROM generate_series(1, \(tickets)) AS n;
            INSERT INTO tickets.search_text (workspace_id, ticket_id, body)
            SELECT workspace_id, id, description FROM tickets.ticket;
            INSERT INTO tickets.search_word (workspace_id, word)
            SELECT '\(workspace)', w FROM unnest(
                ARRAY['alpha', 'beta', 'delta', 'gamma', 'ticket', 'with', 'words', 'zanzibar']) AS w;
            CREATE INDEX ix_search_text_body ON tickets.search_text
                USING gin (workspace_id, body extensions.gin_trgm_ops);
            ANALYZE;
            """)
    }
}
