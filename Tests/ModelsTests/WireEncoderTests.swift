import Models
import Testing

/// What answers and requests look like as bytes.
@Suite("Values as JSON")
struct WireEncoderTests {
    private struct Leaf: Codable, Sendable, Equatable {
        let shortName: String?
        let counts: [Int]
    }

    private struct Tree: Codable, Sendable, Equatable {
        let id: Int64
        let isOpen: Bool?
        let leaves: [Leaf]
        let leaf: Leaf?
        let weight: Double
        let byName: [String: Int]
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try WireJSON.encode(value), as: UTF8.self)
    }

    @Test("members come in the order of their declaration, and what is absent is null, as rows are written")
    func order() throws {
        let tree = Tree(
            id: 7, isOpen: nil, leaves: [Leaf(shortName: "a\"\n", counts: []), Leaf(shortName: nil, counts: [1, 2])],
            leaf: nil, weight: 1.5, byName: ["one": 1])
        let written = try text(tree)
        #expect(
            written == """
                {"id":7,"is_open":null,"leaves":[{"short_name":"a\\"\\n","counts":[]},\
                {"short_name":null,"counts":[1,2]}],"leaf":null,"weight":1.5,"by_name":{"one":1}}
                """)
        let read = try WireJSON.decode(Tree.self, from: Array(written.utf8))
        #expect(read == tree)
    }

    private struct Patched: MergePatch {
        let title: String?
        let note: Patch<String>
        let leaf: Leaf?
    }

    @Test("a merge patch leaves out what it does not change")
    func patch() throws {
        #expect(try text(Patched(title: nil, note: .absent, leaf: nil)) == "{}")
        #expect(try text(Patched(title: "t", note: .null, leaf: nil)) == #"{"title":"t","note":null}"#)
    }

    @Test("a number that JSON does not have is refused")
    func notFinite() {
        #expect(throws: EncodingError.self) { try WireJSON.encode([Double.infinity]) }
    }

    private struct Nested: Encodable {
        enum Key: String, CodingKey { case first, second, third }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            var inner = object.nestedContainer(keyedBy: Key.self, forKey: .first)
            try inner.encode(1, forKey: .first)
            var list = object.nestedUnkeyedContainer(forKey: .second)
            try list.encode("x")
            try object.encode(true, forKey: .third)
        }
    }

    @Test("containers within containers are closed where the outer one goes on")
    func nested() throws {
        #expect(try text(Nested()) == #"{"first":{"first":1},"second":["x"],"third":true}"#)
    }

    @Test("a document that was read is written as it was")
    func document() throws {
        let bytes = Array(#"{"from":{"aB":null},"to":[1,2.5,"é",false]}"#.utf8)
        let document = try WireJSON.decode(JSONValue.self, from: bytes)
        #expect(try WireJSON.encode(document) == bytes)
        #expect(try WireJSON.encode([document]) == [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")])
    }
}
