import FoundationEssentials
import Postgres
import TestSupport
import Testing

private struct PersonRow: PostgresRow, Equatable {
    static let columns = ["id", "name", "age"]
    let id: UUID
    let name: String
    let age: Int?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        name = try row.decode("name")
        age = try row.decode("age")
    }
}

private struct ForgetfulRow: PostgresRow {
    static let columns = ["id", "name"]
    let id: Int

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
    }
}

private struct StrayRow: PostgresRow {
    static let columns = ["id"]
    let id: Int

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        let _: Int = try row.decode("nowhere")
    }
}

private enum Colour: String, PostgresEncodable, PostgresDecodable {
    case red, blue
}

@Suite("Typed rows and values", .scratchDatabase)
struct RowTests {
    @Test("rows are decoded by column name, in whatever order they come")
    func byName() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let id = UUID()
            let rows = try await database.query(
                .point, in: .none,
                "SELECT \(columns: PersonRow.self) FROM (SELECT 3 AS age, 'Ada' AS name, \(id) AS id) AS person",
                as: PersonRow.self)
            #expect(rows.map(\.id) == [id])
            #expect(rows.first?.name == "Ada")
            let turned = try await database.first(
                .point, in: .none, "SELECT NULL::int4 AS age, 'Bob' AS name, \(id) AS id", as: PersonRow.self)
            #expect(turned?.age == nil)
            #expect(turned?.name == "Bob")
            let none = try await database.first(
                .point, in: .none, "SELECT 1 AS age, 'x' AS name, \(id) AS id WHERE false", as: PersonRow.self)
            #expect(none == nil)
        }
    }

    @Test("a missing, an undeclared, a never-read and a misread column each fail by name, with statement and call site")
    func failures() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let id = UUID()
            let missing = try await failure {
                _ = try await database.query(.point, in: .none, "SELECT \(id) AS id, 'x' AS name", as: PersonRow.self)
            }
            #expect(missing.underlying as? PostgresDecodingError == .missingColumn("age"))
            #expect(missing.debugDescription.contains("AS name") && missing.debugDescription.contains("RowTests.swift"))
            let undeclared = try await failure {
                _ = try await database.query(
                    .point, in: .none, "SELECT \(id) AS id, 'x' AS name, 1 AS age, 2 AS more", as: PersonRow.self)
            }
            #expect(undeclared.underlying as? PostgresDecodingError == .unmappedColumn("more"))
            let unread = try await failure {
                _ = try await database.query(.point, in: .none, "SELECT 1 AS id, 'x' AS name", as: ForgetfulRow.self)
            }
            #expect(unread.underlying as? PostgresDecodingError == .unmappedColumn("name"))
            let stray = try await failure {
                _ = try await database.query(.point, in: .none, "SELECT 1 AS id", as: StrayRow.self)
            }
            #expect(stray.underlying as? PostgresDecodingError == .missingColumn("nowhere"))
            let misread = try await failure {
                _ = try await database.query(
                    .point, in: .none, "SELECT 'x' AS id, 'x' AS name, 1 AS age", as: PersonRow.self)
            }
            #expect(
                misread.underlying as? PostgresDecodingError
                    == .column("id", .wrongType(expected: "UUID", actual: .text)))
            let null = try await failure {
                _ = try await database.query(
                    .point, in: .none, "SELECT \(id) AS id, NULL::text AS name, 1 AS age", as: PersonRow.self)
            }
            #expect(
                null.underlying as? PostgresDecodingError
                    == .column("name", .unexpectedNull(expected: "String")))
        }
    }

    @Test("values come back as they were sent")
    func roundTrips() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            func same<Value: PostgresEncodable & PostgresDecodable & Equatable>(_ values: [Value]) async throws {
                for value in values {
                    let result = try await database.query(.scan, in: .none, "SELECT \(value) AS \"_value\"")
                    #expect(try result.value("_value", as: Value.self) == value)
                }
            }
            try await same(["", "a'b\"c\\d", "üñ🙂\u{1}"])
            try await same([true, false])
            try await same([Int.min, -1, 0, .max])
            try await same([Int16.min, .max])
            try await same([Int32.min, .max])
            try await same([0.1, -1e300, .leastNonzeroMagnitude, 0])
            try await same([UUID(), UUID()])
            try await same([Data(), Data([0, 1, 0x5c, 0xff])])
            try await same([Duration.zero, .microseconds(-1), .seconds(90_061) + .microseconds(5), .seconds(-400_000)])
            try await same([["a", "b,c", "NULL", "", "{\"x\\y\"}"], []])
            try await same([[Int64.min, 3], []])
            try await same([[UUID()]])
            try await same([Colour.red, .blue])
            try await same([JSONText(#"{"a": 1}"#)])
            let dates: [Double] = [0, 0.000001, 821_701_230.123456, -63_113_904_000, 252_423_993_599.5]
            try await same(dates.map { Date(timeIntervalSinceReferenceDate: $0) })
            #expect(try await database.value(.scan, "SELECT \(Int?.none) AS value", as: Int?.self) == nil)
            #expect(try await database.value(.scan, "SELECT \(Int?(5)) AS value", as: Int?.self) == 5)
        }
    }

    @Test("the text of an instant is the server's own, over years, leap days and fractions")
    func instants() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            for text in [
                "0001-01-01 00:00:00", "1600-02-29 23:59:59.5", "1969-12-31 23:59:59.5",
                "2000-02-29 12:00:00", "2024-12-31 23:59:60", "2100-02-28 00:00:00.000001", "9999-12-31 23:59:59",
            ] {
                let back: Date = try await database.value(.scan, "SELECT \(text)::text::timestamptz AS value")
                let equal: Bool = try await database.value(
                    .scan, "SELECT \(text)::text::timestamptz = \(back) AS value")
                #expect(equal, "\(text)")
            }
        }
    }

    @Test("a number that does not fit and a word that is no case fail")
    func misfits() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            #expect(
                try await failure { _ = try await database.value("SELECT 70000 AS value", as: Int16.self) }.code
                    == .decoding)
            #expect(
                try await failure { _ = try await database.value("SELECT 'green' AS value", as: Colour.self) }.code
                    == .decoding)
            #expect(
                try await failure { _ = try await database.value("SELECT 1 AS other", as: Int.self) }.code == .decoding)
            let empty = try await database.query(.point, in: .none, "SELECT 1 AS value WHERE false")
            #expect(throws: PostgresError.self) { try empty.value("value", as: Int.self) }
        }
    }

    @Test("an error's description holds no data, its debug description all of it")
    func redaction() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (mail text CONSTRAINT uq_mail UNIQUE)")
            _ = try await database.write(in: .none, "INSERT INTO t VALUES (\("ada@example.org"))")
            let error = try await failure {
                _ = try await database.write(in: .none, "INSERT INTO t VALUES (\("ada@example.org"))")
            }
            #expect(error.isUniqueViolation)
            #expect(error.constraint == "uq_mail")
            #expect(error.table == "t")
            #expect(error.execution == .failed)
            #expect(!error.description.contains("ada"))
            #expect(error.description.contains("uq_mail"))
            #expect(error.debugDescription.contains("ada@example.org"))
            #expect(error.debugDescription.contains("INSERT INTO t"))
            #expect(error.file.hasSuffix("RowTests.swift"))
        }
    }
}
