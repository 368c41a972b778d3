import Postgres
import Testing
import TestSupport

@Suite(.scratchDatabase)
struct SmokeTests {
    @Test("a statement answers its rows")
    func query() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let result = try await database.query(.point, in: .none, "SELECT \(1) AS a, \("x") AS b")
            var bytes: [UInt8] = []
            try result.appendJSONArray(rows: 0..<1, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == #"[{"a":1,"b":"x"}]"#)
            let scan = try await database.query(.scan, in: .setting("a.b", "c"), "SELECT current_setting('a.b') AS b")
            #expect(try scan.text("b") == "c")
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            try await database.transaction(in: .none) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (1)")
            }
        }
    }
}
