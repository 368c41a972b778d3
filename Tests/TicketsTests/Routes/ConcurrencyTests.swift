import Models
import Synchronization
import TestSupport
import Testing

@testable import Tickets

@Suite("Many at once", .scratchDatabase(.tickets))
struct ConcurrencyTests {
    @Test("1,000 tickets opened by 50 clients around midnight have unique numbers of the right days (A2, SC-3)")
    func midnight() async throws {
        let clock = TestClock(.instant("2026-01-15T10:59:58Z"))
        try await Desk.run(zone: "Pacific/Auckland", clock: clock) { desk in
            let opened = Counter()
            let tickets = try await atOnce(50) { client in
                var tickets: [(number: String, createdAt: String)] = []
                for number in 0..<20 {
                    let ticket = try await desk.open("Ticket \(number) of client \(client)")
                    tickets.append((ticket.number, ticket.answer.json["created_at"]?.text ?? ""))
                    if opened.increase().isMultiple(of: 250) { clock.advance(by: .seconds(1)) }
                }
                return tickets
            }.flatMap(\.self)
            #expect(tickets.count == 1_000)
            #expect(Set(tickets.map(\.number)).count == 1_000)
            let days = Dictionary(grouping: tickets) { $0.createdAt < "2026-01-15T11:00:00Z" ? "260115" : "260116" }
            #expect(days.count == 2)
            for (day, tickets) in days {
                // No request failed, so that no number is missing either.
                let expected = (1...tickets.count).map { CaseNumber(day: day, count: Int64($0)).text }
                #expect(Set(tickets.map(\.number)) == Set(expected), "\(day)")
            }
            let counters = try Rows.of(
                "SELECT to_char(day, 'YYMMDD') || ' ' || last FROM tickets.case_counter ORDER BY day")
            #expect(counters == days.map { "\($0.key) \($0.value.count)" }.sorted())
            let entries = try Rows.count("core.activity", where: "verb = 'created' AND version = 1")
            #expect(entries == 1_000)
        }
    }

    @Test("of ten who claim the same hundred tickets at once each ticket has one winner, whom the others hear (C2, D7)")
    func claims() async throws {
        try await Desk.run { desk in
            let people = try desk.company.hire(10, .agent)
            var tickets: [OpenTicket] = []
            for _ in 0..<100 { tickets.append(try await desk.open()) }
            let shared = tickets
            let outcomes = try await atOnce(people.count) { client in
                var outcomes: [(ticket: Int, answer: TestAnswer)] = []
                for ticket in shared.indices.shuffled() {
                    outcomes.append((ticket, try await desk.post("\(shared[ticket].path)/claim", as: people[client])))
                }
                return outcomes
            }.flatMap(\.self)
            let byTicket = Dictionary(grouping: outcomes, by: \.ticket)
            for (ticket, outcomes) in byTicket {
                let winners = outcomes.filter { $0.answer.status == 200 }
                #expect(winners.count == 1)
                let winner = winners.first?.answer.json["assignee"]
                for loser in outcomes where loser.answer.status != 200 {
                    #expect(loser.answer.status == 409)
                    #expect(loser.answer.json["winner"] == winner)
                }
                let shown = try await desk.get(shared[ticket].path)
                #expect(shown.json["assignee"] == winner)
                #expect(shown.json["version"]?.whole == 2)
            }
            let claims = try Rows.count("core.activity", where: "verb = 'claimed'")
            #expect(claims == 100)
        }
    }

    @Test("ten who claim and assign a hundred tickets at once leave versions without a gap, rows as last told (R-12)")
    func claimsAndGifts() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let people = try company.hire(8, .agent) + company.hire(2, .manager)
            var tickets: [OpenTicket] = []
            for _ in 0..<100 { tickets.append(try await desk.open()) }
            let shared = tickets
            let statuses = try await atOnce(people.count) { client in
                var statuses: [Int] = []
                for ticket in shared.indices.shuffled() {
                    let other = people[(client + ticket) % people.count]
                    let path = shared[ticket].path
                    let steps: [(String, String?)] = [
                        ("claim", nil), ("assign", #"{"assignee_id": "\#(other.id)", "team_id": "\#(company.team)"}"#),
                        ("unassign", nil), ("assign", #"{"team_id": null}"#), ("claim", nil),
                    ]
                    let step = steps[(client * 7 + ticket * 3) % steps.count]
                    let answer = try await desk.post("\(path)/\(step.0)", step.1, as: people[client])
                    statuses.append(answer.status)
                }
                return statuses
            }.flatMap(\.self)
            #expect(statuses.count == 1_000)
            #expect(Set(statuses).isSubset(of: [200, 403, 409]))
            let gaps = try Rows.of(
                """
                SELECT t.id FROM tickets.ticket AS t
                WHERE t.version <> (SELECT count(*) FROM core.activity AS a WHERE a.subject_id = t.id)
                   OR t.version <> (SELECT max(a.version) FROM core.activity AS a WHERE a.subject_id = t.id)
                """)
            #expect(gaps == [])
            // The stream's order is the order of each ticket's versions.
            let disorder = try Rows.of(
                """
                SELECT id FROM (
                    SELECT id, version, row_number() OVER (PARTITION BY subject_id ORDER BY xid, id) AS place
                    FROM core.activity) AS a
                WHERE version <> place
                """)
            #expect(disorder == [])
            for (field, column) in [("assignee_id", "assignee_id"), ("team_id", "team_id")] {
                let stale = try Rows.of(
                    """
                    SELECT t.id FROM tickets.ticket AS t
                    LEFT JOIN LATERAL (
                        SELECT a.changes #>> '{\(field),to}' AS value FROM core.activity AS a
                        WHERE a.subject_id = t.id AND a.changes ? '\(field)' ORDER BY a.version DESC LIMIT 1
                    ) AS last ON true
                    WHERE t.\(column)::text IS DISTINCT FROM last.value
                    """)
                #expect(stale == [], "\(field)")
            }
        }
    }
}

/// Counts what many tasks do.
private final class Counter: Sendable {
    private let value = Mutex(0)

    func increase() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
