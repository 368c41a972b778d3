import FoundationEssentials
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Tickets

@Suite("Pages of the list (R-4)", .scratchDatabase(.tickets))
struct PagingTests {
    @Test(
        "in each order pages together show every ticket once, in that order, equal keys too",
        arguments: TicketSort.allCases)
    func orders(sort: TicketSort) async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            for number in 0..<20 {
                if number.isMultiple(of: 3) { clock.advance(by: .microseconds(123_456)) }
                let priority = Priority.allCases[number * 7 % 4].rawValue
                let ticket = try await desk.open(more: #", "priority": "\#(priority)""#)
                if number.isMultiple(of: 5) { try await desk.move(ticket, to: .inProgress) }
            }
            let whole = try await desk.all("/v1/tickets?sort=\(sort.rawValue)")
            let ids = whole.compactMap { $0["id"]?.text }
            #expect(ids.count == 20)
            for limit in [1, 3, 7] {
                let pages = try await desk.all("/v1/tickets?sort=\(sort.rawValue)", limit: limit)
                #expect(pages.compactMap { $0["id"]?.text } == ids, "\(limit)")
            }
            let keys = whole.map { Self.key($0, sort) }
            #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }

    /// A key that grows along the list.
    private static func key(_ item: JSONValue, _ sort: TicketSort) -> [String] {
        func flipped(_ text: String?) -> String {
            String((text ?? "").unicodeScalars.map { Character(Unicode.Scalar(UInt8(0x7F - ($0.value & 0x7F)))) })
        }
        let id = item["id"]?.text ?? ""
        switch sort {
        case .newest: return [flipped(id)]
        case .oldest: return [id]
        case .changed:
            let seconds = Timestamp(item["updated_at"]?.text ?? "")?.microseconds ?? 0
            return [flipped(String(seconds)), flipped(id)]
        case .urgent:
            let rank = Priority.allCases.firstIndex { $0.rawValue == item["priority"]?.text } ?? 0
            return [String(3 - rank), id]
        }
    }

    @Test(
        "of 10,000 tickets that stay, paging shows each once while four writers add and remove others (R-4)",
        arguments: [TicketSort.newest, .oldest])
    func complete(sort: TicketSort) async throws {
        try await Desk.run { desk in
            try desk.company.fill(10_000)
            let isDone = Flag()
            let (seen, added) = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<4 {
                    group.addTask { try await Self.addAndRemove(desk.company, writer, until: isDone) }
                }
                let seen = try await desk.all("/v1/tickets?sort=\(sort.rawValue)").compactMap { $0["id"]?.text }
                isDone.set()
                return (seen, try await group.reduce(0, +))
            }
            #expect(added > 0)
            #expect(Set(seen).count == seen.count)
            let kept = Set(try Rows.of("SELECT id FROM tickets.ticket WHERE title = 'filled'"))
            #expect(kept.count == 10_000)
            #expect(kept.subtracting(seen).isEmpty)
        }
    }

    /// Adds tickets, before and behind whoever reads, and removes some of them, until it is told to stop.
    private static func addAndRemove(_ company: Company, _ writer: Int, until isDone: Flag) async throws -> Int {
        try await ScratchDatabase.current.withDatabase { database in
            var round = 0
            while !isDone.isSet {
                let first = 1_000_000 * (writer + 1) + 3 * round
                _ = try await database.write(
                    in: .none, SQL(unsafe: company.filling(3, from: first, title: "w\(writer)")))
                _ = try await database.write(
                    in: .none,
                    """
                    DELETE FROM tickets.ticket
                    WHERE workspace_id = \(company.id) AND case_number >= \(String(100_000_000 + first))
                      AND title = \("w\(writer)") AND id < '80000000-0000-0000-0000-000000000000'
                    """)
                round += 1
            }
            return round
        }
    }

    @Test("the total is exact up to 10,000 and \"10000+\" beyond, and only told when asked for")
    func totals() async throws {
        try await Desk.run { desk in
            try desk.company.fill(10_000)
            let without = try await desk.get("/v1/tickets?limit=1")
            #expect(without.json["total"] == nil)
            let exact = try await desk.get("/v1/tickets?limit=1&count=true")
            #expect(exact.json["total"]?.whole == 10_000)
            try desk.company.fill(1, from: 500_000)
            let more = try await desk.get("/v1/tickets?limit=1&count=true")
            #expect(more.json["total"]?.text == "10000+")
            let page = try WireJSON.decode(Page<TicketSummary>.self, from: more.bytes)
            #expect(page.total?.isMore == true)
            let other = try await desk.other().get("/v1/tickets?count=true")
            #expect(other.json["total"]?.whole == 0)
        }
    }

    @Test("a malformed cursor, and one of another list, filter or order, is 400 (R-4)")
    func wrongCursors() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            for _ in 0..<2 {
                _ = try await desk.open()
                _ = try await desk.post("\(ticket.path)/notes", #"{"text": "N"}"#)
            }
            let cursor = try #require(try await desk.get("/v1/tickets?limit=1").json["next_cursor"]?.text)
            let notes = try #require(try await desk.get("\(ticket.path)/notes?limit=1").json["next_cursor"]?.text)
            let log = try #require(try await desk.get("\(ticket.path)/activity?limit=1").json["next_cursor"]?.text)
            let binding = TicketList(workspace: desk.company.id, query: TicketListQuery(), caller: nil).binding
            let forged = Cursor(binding: binding, keys: ["x' OR 1"]).text
            for query in [
                "/v1/tickets?cursor=nonsense", "/v1/tickets?cursor=\(cursor)x",
                "/v1/tickets?cursor=\(cursor.dropLast(2))",
                "/v1/tickets?sort=created_at&cursor=\(cursor)", "/v1/tickets?status=open&cursor=\(cursor)",
                "/v1/tickets?priority=low&cursor=\(cursor)", "/v1/tickets?assignee=me&cursor=\(cursor)",
                "/v1/tickets?q=printer&cursor=\(cursor)", "/v1/tickets?cursor=\(notes)", "/v1/tickets?cursor=\(forged)",
                "\(ticket.path)/notes?cursor=\(cursor)", "\(ticket.path)/activity?cursor=\(notes)",
                "\(ticket.path)/assignments?cursor=\(log)", "/v1/tickets?cursor=%00",
                "/v1/tickets?cursor=\(String(repeating: "A", count: 2_000))",
            ] {
                let answer = try await desk.get(query)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.code == "invalid_cursor", "\(query)")
            }
            let good = try await desk.get("/v1/tickets?limit=1&cursor=\(cursor)")
            #expect(good.status == 200)
        }
    }

    @Test("forged keys of the right number are refused or show nothing that they should not (R-4)")
    func forgedKeys() async throws {
        try await Desk.run { desk in
            for _ in 0..<3 { _ = try await desk.open() }
            let id = ID<Ticket>.make(at: .now).description
            for (sort, keys) in [
                ("-updated_at", ["infinity", id]), ("-updated_at", ["yesterday", id]), ("-updated_at", ["", id]),
                ("-updated_at", ["2026-01-15 12:00:00+00", "x"]), ("-priority", ["9", id]), ("-priority", ["x", id]),
                ("-created_at", ["not an id"]),
            ] {
                let query = try WireJSON.decode(TicketListQuery.self, from: Array(#"{"sort": "\#(sort)"}"#.utf8))
                let binding = TicketList(workspace: desk.company.id, query: query, caller: nil).binding
                let cursor = Cursor(binding: binding, keys: keys).text
                let answer = try await desk.get("/v1/tickets?sort=\(sort)&cursor=\(cursor)")
                #expect(answer.status == 400, "\(sort) \(keys)")
                #expect(answer.code == "invalid_cursor", "\(sort) \(keys)")
            }
        }
    }

    @Test("another workspace's cursor shows nothing of that workspace (R-4, S-1)")
    func foreignCursor() async throws {
        try await Desk.run { desk in
            for _ in 0..<3 { _ = try await desk.open("canary") }
            let other = try desk.other()
            let cursor = try #require(try await desk.get("/v1/tickets?limit=1").json["next_cursor"]?.text)
            let answer = try await other.get("/v1/tickets?limit=200&cursor=\(cursor)")
            #expect(answer.status == 200)
            #expect(!answer.text.contains("canary"))
        }
    }
}

/// A yes that is said once and heard by many tasks.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
