import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Searching by case number (A2, K3)", .scratchDatabase(.tickets))
struct NumberSearchTests {
    @Test("the number finds its ticket first, before texts that hold it, and so do its last four digits or more")
    func first() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(zone: "UTC", clock: clock) { desk in
            let wanted = try await desk.open("wanted")
            clock.advance(by: .seconds(1))
            let mention = try await desk.open("See 260115001 for the rest")
            for phrase in ["260115001", "60115001", "15001", "5001"] {
                let ids = try await desk.all("/v1/tickets?q=\(phrase)").compactMap { $0["id"]?.text }
                #expect(ids == [wanted.id, mention.id], "\(phrase)")
            }
            let short = try await desk.all("/v1/tickets?q=001").compactMap { $0["id"]?.text }
            #expect(short == [mention.id])
            let none = try await desk.all("/v1/tickets?q=9999")
            #expect(none.isEmpty)
            let word = try await desk.all("/v1/tickets?q=5001a")
            #expect(word.isEmpty)
        }
    }

    @Test("an exact number stands before longer ones that end with it")
    func exact() async throws {
        try await Desk.run { desk in
            try desk.company.fill(1, from: 15_001, title: "exact")
            try desk.company.fill(1, from: 200_015_001, title: "other")
            // The longer one is the newest, which alone would put it first.
            try Rows.run(
                """
                UPDATE tickets.ticket
                SET case_number = '77' || '100015001', id = 'ffffffff-0000-7000-8000-000000000000'
                WHERE title = 'other'
                """)
            let titles = try await desk.all("/v1/tickets?q=100015001").compactMap { $0["title"]?.text }
            #expect(titles == ["exact", "other"])
        }
    }

    @Test("of many numbers with one end the ten newest are found, newest first")
    func newest() async throws {
        try await Desk.run { desk in
            for number in 0..<15 { try desk.company.fill(1, from: 10_000 * number + 5_001) }
            let newest = try Rows.of("SELECT id FROM tickets.ticket ORDER BY id DESC LIMIT 10")
            let found = try await desk.all("/v1/tickets?q=5001").compactMap { $0["id"]?.text }
            #expect(found == newest)
        }
    }

    @Test("closed tickets are found by their number, and filters hold for numbers too (A11)")
    func closed() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed)
            let all = try await desk.all("/v1/tickets?q=\(ticket.number)")
            #expect(all.count == 1)
            let open = try await desk.all("/v1/tickets?q=\(ticket.number)&status=open")
            #expect(open.isEmpty)
        }
    }

    @Test("pages show each ticket once, numbers first, however short the pages are (R-4)", arguments: [1, 2, 3, 5])
    func pages(limit: Int) async throws {
        try await Desk.run { desk in
            // Seven numbers end with 5001; three texts hold it, of which two have such a number.
            for number in 0..<7 { try desk.company.fill(1, from: 10_000 * number + 5_001, title: "number") }
            for number in 0..<2 { try desk.company.fill(1, from: 10_000 * number + 1_005_001, title: "both 5001") }
            try desk.company.fill(1, from: 2_000_002, title: "text 5001")
            try desk.company.index()
            let whole = try await desk.all("/v1/tickets?q=5001").compactMap { $0["id"]?.text }
            #expect(whole.count == 10)
            #expect(Set(whole).count == 10)
            let last = try Rows.of("SELECT id FROM tickets.ticket WHERE title = 'text 5001'")
            #expect(whole.last == last.first)
            let paged = try await desk.all("/v1/tickets?q=5001", limit: limit).compactMap { $0["id"]?.text }
            #expect(paged == whole)
        }
    }
}
