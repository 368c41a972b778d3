import Models
import Testing

/// Documents made by the grammar of RFC 8259 rather than collected: each rule's alternatives multiplied, and each rule
/// broken in one place.
private enum JSONCorpus {
    /// A document as text, or as bytes that need not be any.
    typealias Document = [UInt8]

    static func bytes(_ text: String) -> Document { Array(text.utf8) }

    // MARK: What every reader must take

    static let numbers: [Document] = ["", "-"].flatMap { sign in
        ["0", "1", "10", "123456789", "9007199254740991"].flatMap { whole in
            ["", ".0", ".5", ".000001"].flatMap { fraction in
                ["", "e1", "E+2", "e-3", "e0"].map { bytes(sign + whole + fraction + $0) }
            }
        }
    }

    static let strings: [Document] =
        ["\"", "\\", "/", "b", "f", "n", "r", "t"].map { bytes("\"\\\($0)\"") }
        + ["0000", "001F", "007f", "0041", "00E9", "2028", "FFFF", "fffe", "d83d\\uDE00", "DBFF\\udfff"].map {
            bytes("\"\\u\($0)\"")
        }
        + [
            "", " ", "a", "\u{7F}", "\u{80}", "é", "ß", "\u{7FF}", "\u{800}", "名", "\u{2028}", "\u{FFFF}", "😀",
            "\u{10FFFF}",
        ]
        .map { bytes("\"\($0)\"") }

    static let spaces: [Document] = [" ", "\t", "\n", "\r", " \t\r\n "].flatMap { space in
        let tokens = ["[", "1", ",", "{", "\"a\"", ":", "true", "}", ",", "null", "]"]
        return (0...tokens.count).map { place in
            bytes(tokens[..<place].joined() + space + tokens[place...].joined())
        }
    }

    static let structures: [Document] =
        [
            "[]", "{}", "[[]]", "[{}]", "{\"\":0}", "{\"a\":{\"a\":{}}}", "[[],[],{}]", "true", "false", "null",
            "\"x\"", "0",
        ]
        .map(bytes)
        + (1...JSONParser.depthLimit).map { depth in
            bytes(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }

    static var taken: [Document] { numbers + strings + spaces + structures }

    // MARK: What every reader must refuse

    /// A document that is an object, so that none of its beginnings is a document.
    static let whole = bytes(#"{"a":[1,-2.5e+3,"xé\u00e9",true,false,null],"b":{"c":""}}"#)

    static let beginnings: [Document] = (0..<whole.count).map { Array(whole[..<$0]) }

    static let controls: [Document] = (0..<0x20).flatMap { control -> [Document] in
        let byte = UInt8(control)
        let inString: [Document] = [[0x22, byte, 0x22], [0x22, 0x61, byte, 0x62, 0x22]]
        guard ![0x09, 0x0A, 0x0D].contains(byte) else { return inString }
        return inString + [[byte, 0x31], [0x31, byte], [0x5B, byte, 0x5D]]
    }

    static let escapes: [Document] = (0x20..<0x7F).filter { !#""\/bfnrtu"#.utf8.contains(UInt8($0)) }.map {
        [0x22, 0x5C, UInt8($0), 0x22]
    }

    static let encodings: [Document] =
        (0x80...0xFF).map { [0x22, UInt8($0), 0x22] }
        + [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28],
        ].map { [0x22] + $0 + [0x22] }

    static let malformedNumbers: [Document] = [
        "+1", "-", "--1", "-+1", "00", "01", "-01", "1.", ".1", "-.1", "1..2", "1.e1", "1e", "1e+", "1E-", "1e1.5",
        "1ee1", "0x1",
        "1_000", "1,000", "NaN", "nan", "Infinity", "-Infinity", "inf", "1f", "0b1", "١", "½", "1 2", "1-2", "1e 1",
        "- 1",
    ].map(bytes)

    static let malformedStructures: [Document] = [
        "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[", "]", "{", "}", "[}", "{]", "{\"a\"}",
        "{\"a\":}",
        "{\"a\" 1}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}",
        "{\"a\":1}}",
        "[1]]", "[1][2]", "{}{}", "[] x", "'a'", "\"a", "a\"", "\"a\"\"b\"", "tru", "truE", "True", "TRUE", "nul",
        "Null",
        "fals", "undefined", "// c\n1", "/* c */1", "1 // c", "#c\n1", "<a/>", "", " ", "\u{FEFF}1", "\u{A0}1",
        "\u{2028}1",
        "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\\u 041\"", "\"\\", "\"\\u", "@", "$", "`a`", "(1)", "=1",
    ].map(bytes)

    static var refused: [Document] {
        beginnings + controls + escapes + encodings + malformedNumbers + malformedStructures
    }

    /// What a reader may do either with: we refuse all of it, since readers differ.
    static let refusedByChoice: [Document] =
        [
            "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":1}", "1e400", "-1e400", "[1e309]", "\"\\ud800\"", "\"\\udc00x\"",
            "\"\\ud800\\u0041\"", "\"\\udfff\\ud800\"",
        ].map(bytes)
        + [65, 66, 1_000, 200_000].map { Array(repeating: UInt8(ascii: "["), count: $0) }
        + [bytes(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))]
}

@Suite("A corpus of JSON (S-26)")
struct JSONCorpusTests {
    private func isTaken(_ document: [UInt8]) -> Bool { (try? JSONParser.parse(document)) != nil }

    @Test("S-26: of hundreds of documents that RFC 8259 allows every one is read")
    func takes() {
        #expect(JSONCorpus.taken.count >= 250)
        #expect(JSONCorpus.taken.filter { !isTaken($0) }.map { String(decoding: $0, as: UTF8.self) } == [])
    }

    @Test("S-26: of hundreds of documents that it does not allow none is read, and none ends the process")
    func refuses() {
        #expect(JSONCorpus.refused.count >= 250)
        #expect(JSONCorpus.refused.filter(isTaken).map { String(decoding: $0, as: UTF8.self) } == [])
    }

    @Test("S-26: what readers may differ in is refused")
    func refusesByChoice() {
        #expect(JSONCorpus.refusedByChoice.filter(isTaken).map { String(decoding: $0.prefix(60), as: UTF8.self) } == [])
    }

    @Test("S-26: what was read means the same when it is written and read again")
    func means() throws {
        for document in JSONCorpus.taken {
            let value = try JSONParser.parse(document)
            let again = try JSONParser.parse(JSONWriter.bytes(of: value))
            #expect(again == value, "\(String(decoding: document, as: UTF8.self))")
        }
    }
}
