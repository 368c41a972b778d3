import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite("Bounds", .scratchDatabase)
struct LimitTests {
    @Test(
        "a million-row result is stopped by its bound, on every lane, and never held",
        arguments: ["point", "scan", "write"])
    func millionRows(lane: String) async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.resultByteLimit = 1 << 20
            $0.pointConnections = 1
            $0.pointTimeout = .seconds(60)
            $0.pointDeadline = .seconds(60)
        } _: { database in
            let sql: SQL = "SELECT n, repeat('x', 100) AS filler FROM generate_series(1, 1000000) AS n"
            let before = try residentBytes()
            let error = try await failure {
                switch lane {
                case "point": _ = try await database.query(.point, in: .none, sql)
                case "scan": _ = try await database.query(.scan, in: .none, sql)
                default: _ = try await database.write(in: .none, sql)
                }
            }
            #expect(error.code == .resultTooLarge)
            // All rows would take over 150 MB.
            #expect(try residentBytes() - before < 50 << 20)
            try await eventually { try await database.sessions(running: "generate_series(1, 1000000)") == 0 }
            #expect(try await database.value("SELECT 1 AS value") == 1)
        }
    }

    @Test("neighbours of a result that is too large are answered by another connection")
    func neighbours() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.resultByteLimit = 1 << 20
            $0.pointConnections = 1
            $0.pointTimeout = .seconds(60)
            $0.pointDeadline = .seconds(60)
        } _: { database in
            try await database.ping()
            let large = Task {
                _ = try await database.query(
                    .point, in: .none,
                    "SELECT repeat('x', 100) AS filler FROM (SELECT pg_sleep(0.5)) AS s, generate_series(1, 1000000)")
            }
            try await eventually { database.gauges.point.inUse == 1 }
            let neighbours = (0..<20).map { number in
                Task { try await database.value("SELECT \(number) AS value", as: Int.self) }
            }
            #expect(try await failure { try await large.value }.code == .resultTooLarge)
            for (number, neighbour) in neighbours.enumerated() { #expect(try await neighbour.value == number) }
        }
    }

    @Test("one row more than the limit is refused, the limit itself is not")
    func rowLimit() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.resultRowLimit = 100
        } _: { database in
            let full = try await database.query(.scan, in: .none, "SELECT n FROM generate_series(1, 100) AS n")
            #expect(full.count == 100)
            let error = try await failure {
                _ = try await database.query(.scan, in: .none, "SELECT n FROM generate_series(1, 101) AS n")
            }
            #expect(error.code == .resultTooLarge)
        }
    }

    @Test("NUL bytes and invalid UTF-8 are refused before anything is sent")
    func badText() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let bad: [SQL] = [
                "SELECT \("a\0b") AS value",
                "SELECT \(["a", "b\0"]) AS value",
                "SELECT \(PostgresParameter(type: .text, utf8: [0x61, 0xff])) AS value",
                "SELECT \(PostgresParameter(type: .text, utf8: [0xed, 0xa0, 0x80])) AS value",
                "SELECT \(JSONText(utf8: [0x22, 0x00, 0x22])) AS value",
                "SELECT 'a\0b' AS value",
                "SELECT \(Double.nan) AS value",
                "SELECT \(Date.distantFuture.addingTimeInterval(4e11)) AS value",
                "COPY t FROM STDIN",
            ]
            for sql in bad {
                let error = try await failure { _ = try await database.query(.point, in: .none, sql) }
                #expect(error.code == .invalidParameter, "\(sql.text)")
                #expect(error.execution == .notExecuted)
            }
            #expect(try await database.value("SELECT \("üñ🙂") AS value") == "üñ🙂")
        }
    }

    @Test("the largest number of parameters is sent, and one more is refused")
    func parameterCount() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanTimeout = .seconds(30)
            $0.scanDeadline = .seconds(30)
        } _: { database in
            func sum(_ count: Int) -> SQL {
                let rows = SQL.joined((0..<count).map { "(\($0))" }, by: ",")
                return "SELECT count(*) AS value FROM (VALUES \(rows)) AS v (n)"
            }
            #expect(try await database.value(.scan, sum(65_535)) == 65_535)
            let error = try await failure { _ = try await database.query(.scan, in: .none, sum(65_536)) }
            #expect(error.code == .invalidParameter)
            #expect(error.execution == .notExecuted)
        }
    }

    @Test("parameters of more bytes than the limit are refused")
    func parameterBytes() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.parameterByteLimit = 1_000
        } _: { database in
            let error = try await failure {
                _ = try await database.query(
                    .point, in: .none, "SELECT \(String(repeating: "x", count: 1_001)) AS value")
            }
            #expect(error.code == .invalidParameter)
        }
    }

    @Test("a large parameter and a large row travel whole")
    func largeValues() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanTimeout = .seconds(20)
            $0.scanDeadline = .seconds(20)
        } _: { database in
            let text = String(repeating: "abcdefgh", count: 1_000_000)
            let back: String = try await database.value(.scan, "SELECT \(text) AS value")
            #expect(back == text)
        }
    }

    /// The process's resident memory, from `/proc`.
    private func residentBytes() throws -> Int {
        let text = try String(decoding: Data(contentsOf: URL(filePath: "/proc/self/statm")), as: UTF8.self)
        return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
    }
}
