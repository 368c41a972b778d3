import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite("The time of a request in the database", .scratchDatabase(Item.template))
struct DatabaseTimeTests {
    @Test("is that of its statements, in its child tasks too, and of no other request's")
    func sums() async throws {
        let (mine, other) = (DatabaseTime(), DatabaseTime())
        let statements = StatementMetrics(factory: PrometheusRegistry())
        try await ScratchDatabase.current.withService(observer: statements) { database in
            mine.show()
            other.show()
            try await DatabaseTime.$current.withValue(mine) {
                try await database.ping()
                let first = try #require(mine.field)
                #expect(first != "db;dur=0.000")
                try await Deadline.run(within: .seconds(60), "The request") { try await database.ping() }
                #expect(mine.field != first)
            }
            let last = mine.field
            try await database.ping()
            #expect(mine.field == last)
            #expect(other.field == "db;dur=0.000")
        }
    }

    @Test("is written in milliseconds, and only for whoever may see it")
    func field() {
        let time = DatabaseTime()
        time.add(nanoseconds: 12_034_999)
        #expect(time.field == nil)
        time.show()
        #expect(time.field == "db;dur=12.034")
        time.add(nanoseconds: 1_000_000_001)
        #expect(time.field == "db;dur=1012.035")
    }

    @Test("statements are counted and timed by their place in the code, those that fail too")
    func places() async throws {
        let registry = PrometheusRegistry()
        try await ScratchDatabase.current.withService(observer: StatementMetrics(factory: registry)) { database in
            for _ in 0..<3 {
                _ = try await database.query(.point, in: .none, "SELECT 1 AS one", file: "A/B.swift", line: 7)
            }
            _ = try? await database.query(.scan, in: .none, "SELECT 1 / 0 AS none", file: "A/B.swift", line: 9)
            try await database.transaction(in: .none) { transaction in
                _ = try await transaction.query("SELECT 2 AS two", file: "A/C.swift", line: 1)
            }
        }
        let text = registry.exposition()
        for line in [
            #"database_statements_total{statement="A/B.swift:7"} 3.0"#,
            #"database_statements_total{statement="A/B.swift:9"} 1.0"#,
            #"database_statements_total{statement="A/C.swift:1"} 1.0"#,
        ] { #expect(text.contains(line), "\(line)") }
        let seconds = try #require(
            text.firstMatch(of: /database_statement_seconds_total{statement="A\/B.swift:7"} (\S+)/))
        #expect(try #require(Double(seconds.1)) > 0)
    }
}
