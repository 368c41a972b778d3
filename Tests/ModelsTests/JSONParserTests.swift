import Models
import Testing

@Suite("Reading JSON (S-26)")
struct JSONParserTests {
    static let documents: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("-0", 0), ("9007199254740993", 9_007_199_254_740_993),
        ("1.5", .number(1.5)), ("1e3", .number(1_000)), ("\"\"", ""), ("\"\\u00e9\\n\"", "é\n"),
        ("\"\\ud83d\\ude00\"", "😀"), ("[]", []), ("[1,[2]]", [1, [2]]), ("{}", [:]),
        ("{\"a\":{\"b\":null}}", ["a": ["b": .null]]),
    ]

    @Test("a document of RFC 8259 is read", arguments: documents)
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test(
        "what RFC 8259 does not allow is refused",
        arguments: [
            "", " ", "nul", "truee", "01", "1.", ".5", "+1", "1e", "0x1", "NaN", "Infinity", "1e999", "\"", "\"\\x\"",
            "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\t\"", "'a'", "[1,]", "[1 2]", "[,1]",
            "[",
            "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":1 \"b\":2}", "{", "1 2", "[] x", "// c\n1",
        ])
    func refuses(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("the same name twice in an object is refused, since readers differ in which one they take")
    func refusesDuplicates() {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(#"{"a":1,"\u0061":2}"#.utf8)) }
    }

    @Test(
        "bytes that are no UTF-8 are refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
    }

    @Test("64 levels are read and 65 are refused")
    func limitsDepth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONParser.parse(nested(64))
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(nested(65)) }
    }

    @Test("10,000 values are read and one more is refused")
    func limitsValues() throws {
        func list(_ count: Int) -> [UInt8] {
            Array("[\(Array(repeating: "1", count: count - 1).joined(separator: ","))]".utf8)
        }
        _ = try JSONParser.parse(list(JSONParser.valueLimit))
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(list(JSONParser.valueLimit + 1)) }
    }

    @Test("what is written is read back, control characters and quotes too")
    func writesWhatItReads() throws {
        let value: JSONValue = ["a\"\\\u{0}\u{1F}": [1, .number(0.25), true, .null, "\u{2028}é😀"], "b": [:]]
        #expect(try JSONParser.parse(JSONWriter.bytes(of: value)) == value)
    }
}
