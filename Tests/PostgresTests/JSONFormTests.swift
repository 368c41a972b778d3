import Postgres
import TestSupport
import Testing

@Suite("Rows as JSON", .scratchDatabase)
struct JSONFormTests {
    @Test("each type of the closed list has its form")
    func forms() async throws {
        let forms: [(SQL, String)] = [
            ("true", "true"), ("false", "false"),
            ("7::int2", "7"), ("-7::int4", "-7"), ("9007199254740991::int8", "9007199254740991"),
            ("1.5::float8", "1.5"), ("1e20::float8", "1e+20"), ("0.1::float4", "0.1"),
            ("12.340::numeric", #""12.340""#), ("'NaN'::numeric", #""NaN""#),
            ("'a\"b\\c'::text", #""a\"b\\c""#), ("'x'::varchar(3)", #""x""#), ("'x'::char(3)", #""x  ""#),
            ("E'\\b\\t\\n\\f\\r\\x01\\x1f\\x7f'", "\"\\b\\t\\n\\f\\r\\u0001\\u001f\u{7f}\""),
            ("'üñ🙂€'", #""üñ🙂€""#), ("''", #""""#),
            ("repeat('1234567\"', 3)", #""1234567\"1234567\"1234567\"""#),
            ("'0190b4c1-7f3a-7000-8000-000000000001'::uuid", #""0190b4c1-7f3a-7000-8000-000000000001""#),
            ("'2026-01-15 10:20:30.123456+00'::timestamptz", #""2026-01-15T10:20:30.123456Z""#),
            ("'2026-01-15 12:20:30.5+02'::timestamptz", #""2026-01-15T10:20:30.5Z""#),
            ("'0001-01-01 00:00:00+00'::timestamptz", #""0001-01-01T00:00:00Z""#),
            ("'2026-01-15'::date", #""2026-01-15""#),
            (#"'{"a": [1, null]}'::jsonb"#, #"{"a": [1, null]}"#), (#"'{"b":1}'::json"#, #"{"b":1}"#),
            (
                #"ARRAY['a', 'b "c"', 'd\e', NULL, 'NULL', 'x,y', '{z}', '']"#,
                #"["a","b \"c\"","d\\e",null,"NULL","x,y","{z}",""]"#
            ),
            ("ARRAY[]::text[]", "[]"), ("ARRAY[1, NULL, 3]::int8[]", "[1,null,3]"),
            ("ARRAY['0190b4c1-7f3a-7000-8000-000000000001']::uuid[]", #"["0190b4c1-7f3a-7000-8000-000000000001"]"#),
            ("NULL::text", "null"), ("NULL::int8[]", "null"), ("pg_notify('a', '')", "\"\""),
        ]
        try await ScratchDatabase.current.withDatabase { database in
            for (expression, form) in forms.dropLast() {
                let result = try await database.query(.scan, in: .none, "SELECT \(expression) AS v")
                #expect(try result.json == "[{\"v\":\(form)}]", "\(expression.text)")
            }
            let void = try await database.write(in: .none, "SELECT pg_notify('a', '') AS v")
            #expect(try void.json == #"[{"v":null}]"#)
        }
    }

    @Test("every character of the first plane's start survives the way through the writer and PostgreSQL's own parser")
    func characters() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let special: Set<UInt32> = [0x01, 0x1f, 0x20, 0x22, 0x5c, 0x7f, 0x80]
            for length in 0...17 {
                for code in 1...UInt32(0x17f) where length == 3 || special.contains(code) {
                    let scalar = try #require(Unicode.Scalar(code))
                    // Text on both sides, so that the writer meets the character among eight that it looks at together.
                    let text = String(repeating: "x", count: length) + String(Character(scalar)) + "yyyyyyyyy"
                    let json = try await database.query(.scan, in: .none, "SELECT \(text) AS v").json
                    let back: Bool = try await database.value(
                        .scan, "SELECT (\(JSONText(json)) -> 0 ->> 'v') = \(text) AS value")
                    #expect(back, "U+\(String(code, radix: 16)) behind \(length)")
                }
            }
        }
    }

    @Test("dots nest, a group whose columns are all NULL is null, and columns with _ are not written")
    func nesting() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let rows = try await database.query(
                .scan, in: .none,
                """
                SELECT n AS id, amount AS "price.amount", currency AS "price.currency", 5 AS "_version",
                    city AS "owner.address.city", name AS "owner.name", 'end' AS "tail", n AS "_cursor.a"
                FROM (VALUES
                    (1, 10, 'EUR', 'Wien', 'A'), (2, NULL, NULL, NULL, 'B'), (3, NULL, 'EUR', NULL, NULL),
                    (4, NULL, NULL, NULL, NULL)
                ) AS v (n, amount, currency, city, name)
                """)
            #expect(
                try rows.json == """
                    [{"id":1,"price":{"amount":10,"currency":"EUR"},"owner":{"address":{"city":"Wien"},\
                    "name":"A"},"tail":"end"},\
                    {"id":2,"price":null,"owner":{"address":null,"name":"B"},"tail":"end"},\
                    {"id":3,"price":{"amount":null,"currency":"EUR"},"owner":null,"tail":"end"},\
                    {"id":4,"price":null,"owner":null,"tail":"end"}]
                    """)
            var bytes = Array("{\"item\":".utf8)
            try rows.appendJSONObject(row: 1, to: &bytes)
            #expect(
                String(decoding: bytes, as: UTF8.self)
                    == #"{"item":{"id":2,"price":null,"owner":{"address":null,"name":"B"},"tail":"end"}"#)
            #expect(try rows.value("_version", row: 3, as: Int.self) == 5)
            var none: [UInt8] = []
            try rows.appendJSONArray(rows: 0..<0, to: &none)
            #expect(none == Array("[]".utf8))
        }
    }

    @Test("a column whose type is not in the list fails when the statement is prepared, before a write does anything")
    func closedList() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let types = ["interval '1 day'", "'\\x00'::bytea", "'[1,2]'::int4range", "ARRAY[now()]", "'1.2.3.4'::inet"]
            for type in types {
                let read = try await failure {
                    _ = try await database.query(.point, in: .none, "SELECT \(unsafe: type) AS v")
                }
                #expect(read.code == .decoding, "\(type)")
                let written = try await failure {
                    _ = try await database.write(
                        in: .none, "INSERT INTO t VALUES (1) RETURNING \(unsafe: type) AS v")
                }
                #expect(written.code == .decoding, "\(type)")
                #expect(written.execution == .notExecuted, "\(type)")
                let inside = try await failure {
                    try await database.transaction(in: .none) { tx in
                        _ = try await tx.query("INSERT INTO t VALUES (2) RETURNING \(unsafe: type) AS v")
                    }
                }
                #expect(inside.code == .decoding, "\(type)")
            }
            #expect(try await database.value("SELECT count(*) AS value FROM t") == 0)
            // For the service itself any type will do.
            let own = try await database.write(
                in: .none, "INSERT INTO t VALUES (3) RETURNING interval '1 day' AS \"_v\"")
            #expect(try own.value("_v", as: Duration.self) == .seconds(86_400))
        }
    }

    @Test("names that stand for two members, and values without a form, fail")
    func refusals() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            for columns in ["1 AS a, 2 AS a", "1 AS a, 2 AS \"a.b\"", "1 AS \"a.b\", 2 AS a"] {
                let error = try await failure {
                    _ = try await database.query(.point, in: .none, "SELECT \(unsafe: columns)")
                }
                #expect(error.code == .decoding, "\(columns)")
            }
            let values = [
                "'infinity'::timestamptz", "'0044-03-15 BC'::timestamptz", "'NaN'::float8", "'-Infinity'::float8",
                "ARRAY[[1,2],[3,4]]::int8[]", "'[2:3]={1,2}'::int8[]",
            ]
            for value in values {
                let result = try await database.query(.point, in: .none, "SELECT 1 AS ok, \(unsafe: value) AS v")
                var bytes: [UInt8] = [1]
                #expect(throws: PostgresError.self, "\(value)") {
                    try result.appendJSONArray(rows: 0..<1, to: &bytes)
                }
                #expect(bytes == [1], "nothing is half written")
            }
        }
    }
}
