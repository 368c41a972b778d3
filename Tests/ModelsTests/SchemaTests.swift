import Models
import Testing

@Suite("Schemas read off wire types")
struct SchemaTests {
    private struct Sample: Codable {
        let id: ID<User>
        let title: Text<Label>
        let apiKeyID: String?
        let role: Role
        let counts: [Int]
        let nested: TeamSummary
        let isActive: Bool
    }

    private struct Change: MergePatch {
        let title: Text<Label>?
        let dueAt: Patch<Timestamp>
    }

    private func members(_ type: any Decodable.Type) throws -> [ObjectSchema.Member] {
        guard case .object(let object) = Schema.of(type) else {
            Issue.record("\(type) is no object")
            return []
        }
        return object.members
    }

    private func faults(_ type: any Decodable.Type, _ text: String) throws -> [String] {
        Schema.of(type).faults(in: try JSONParser.parse(Array(text.utf8))).map { "\($0.pointer) \($0.code.rawValue)" }
    }

    @Test("members have the wire's names, and an optional one is not required")
    func readsMembers() throws {
        let members = try members(Sample.self)
        #expect(members.map(\.name) == ["id", "title", "api_key_id", "role", "counts", "nested", "is_active"])
        #expect(members.filter { !$0.isRequired }.map(\.name) == ["api_key_id"])
    }

    @Test("every wrong field is named at once, by its pointer")
    func namesEveryFault() throws {
        let text = #"""
            {"id":"x","title":"  ","role":"king","counts":[1,"2",3.5],"nested":{"id":1},"surprise/~":1}
            """#
        #expect(
            try faults(Sample.self, text) == [
                "/id invalid_format", "/title too_short", "/role not_allowed", "/counts/1 wrong_type",
                "/counts/2 wrong_type", "/nested/id wrong_type", "/nested/name required", "/surprise~1~0 unknown_field",
                "/is_active required",
            ])
    }

    @Test("the character NUL is refused in every text, since no database text holds it")
    func refusesNUL() throws {
        #expect(try faults(CreateTeam.self, #"{"name":"a\u0000b"}"#) == ["/name invalid_format"])
    }

    @Test("a text may be as long as its rule says and one character no more")
    func limitsLength() throws {
        #expect(try faults(CreateTeam.self, "{\"name\":\"\(String(repeating: "é", count: 140))\"}") == [])
        #expect(
            try faults(CreateTeam.self, "{\"name\":\"\(String(repeating: "é", count: 141))\"}") == ["/name too_long"])
    }

    @Test("in a merge patch null clears what can be cleared, and is refused elsewhere")
    func patches() throws {
        #expect(try faults(Change.self, #"{"title":null}"#) == ["/title wrong_type"])
        #expect(try faults(Change.self, #"{"due_at":null}"#) == [])
        let cleared = try WireJSON.decode(Change.self, from: Array(#"{"due_at":null}"#.utf8))
        #expect(cleared.dueAt == .null)
        let absent = try WireJSON.decode(Change.self, from: Array("{}".utf8))
        #expect(absent.dueAt == .absent)
        #expect(absent.title == nil)
    }

    @Test("a patch writes what it holds and leaves out what is absent")
    func encodesPatches() throws {
        let text = #"{"due_at":"2026-01-15T10:20:30Z"}"#
        let change = try WireJSON.decode(Change.self, from: Array(text.utf8))
        #expect(String(decoding: try WireJSON.encode(change), as: UTF8.self) == text)
        #expect(try WireJSON.encode(WireJSON.decode(Change.self, from: Array("{}".utf8))) == Array("{}".utf8))
    }

    @Test(
        "names in Swift and names on the wire follow one rule",
        arguments: [
            ("id", "id"), ("createdAt", "created_at"), ("apiKeyID", "api_key_id"), ("userID", "user_id"),
            ("csrfToken", "csrf_token"), ("URLPath", "url_path"), ("sha256", "sha256"),
        ])
    func namesFollowOneRule(property: String, wire: String) {
        #expect(WireName.of(property) == wire)
    }
}
