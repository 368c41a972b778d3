import Models
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Narrowing an answer on its bytes")
struct JSONNarrowingTests {
    private func narrowed(_ text: String, _ names: [String], isList: Bool = false) throws -> String {
        String(decoding: try JSONNarrowing.narrowed(Array(text.utf8), to: names, isList: isList), as: UTF8.self)
    }

    @Test("copies what is named and passes over the rest, whatever stands in it")
    func records() throws {
        let text = #"{"a":{"x":[1,{"y":"}"}]},"b":"\"},{\\","c":[],"d":-1.5e3,"e":null,"f":{},"g":"ä\u0000"}"#
        #expect(try narrowed(text, ["a"]) == #"{"a":{"x":[1,{"y":"}"}]}}"#)
        #expect(try narrowed(text, ["g", "b"]) == #"{"b":"\"},{\\","g":"ä\u0000"}"#)
        #expect(try narrowed(text, ["c", "d", "e", "f"]) == #"{"c":[],"d":-1.5e3,"e":null,"f":{}}"#)
        #expect(try narrowed(text, ["a", "b", "c", "d", "e", "f", "g"]) == text)
        #expect(try narrowed(text, ["x", "y"]) == "{}")
        #expect(try narrowed("{}", ["a"]) == "{}")
        #expect(try narrowed(#"{"ab":1,"a":2}"#, ["a"]) == #"{"a":2}"#)
    }

    @Test("narrows the items of a list and leaves the list's own members")
    func lists() throws {
        let text = #"{"items":[{"a":1,"b":[{"a":2}]},{"b":3},{}],"next_cursor":null,"total":"10000+"}"#
        let expected = #"{"items":[{"a":1},{},{}],"next_cursor":null,"total":"10000+"}"#
        #expect(try narrowed(text, ["a"], isList: true) == expected)
        let empty = #"{"items":[],"next_cursor":null}"#
        #expect(try narrowed(empty, ["a"], isList: true) == empty)
    }

    @Test("blanks inside of a value, as jsonb has them, are kept")
    func blanks() throws {
        let text = #"{"a":{"from": 1, "to": [1, 2]},"b":2}"#
        #expect(try narrowed(text, ["a"]) == #"{"a":{"from": 1, "to": [1, 2]}}"#)
    }

    @Test("answers nothing at all where the bytes are no such answer", arguments: ["", "[", "{", #"{"a""#, "1", "{}x"])
    func malformed(text: String) {
        for isList in [false, true] {
            let problem = #expect(throws: Problem.self) { try narrowed(text, ["a"], isList: isList) }
            #expect(problem?.code == .internalError)
        }
    }

    @Test("agrees with taking a document apart, for a thousand documents")
    func agrees() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<1_000 {
            let document = Self.object(depth: 3, &random)
            guard case .object(let members) = document else { continue }
            let names = members.map(\.name).filter { _ in Bool.random(using: &random) }
            let expected = JSONValue.object(members.filter { names.contains($0.name) })
            let text = String(decoding: JSONWriter.bytes(of: document), as: UTF8.self)
            #expect(try narrowed(text, names) == String(decoding: JSONWriter.bytes(of: expected), as: UTF8.self))
        }
    }

    private static func object(depth: Int, _ random: inout SeededRandom) -> JSONValue {
        let count = Int.random(in: 0...5, using: &random)
        return .object(
            (0..<count).map { JSONValue.Member("m\($0)", value(depth: depth - 1, &random)) })
    }

    private static func value(depth: Int, _ random: inout SeededRandom) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
        case 0: .null
        case 1: .bool(true)
        case 2: .integer(Int64.random(in: -99...99, using: &random))
        case 3: .number(0.5)
        case 4: .string(["", "\"", "\\", "}{][,:", "\\\"", "ä\n"].randomElement(using: &random) ?? "")
        case 5: .array((0..<3).map { _ in value(depth: depth - 1, &random) })
        default: object(depth: depth, &random)
        }
    }
}
