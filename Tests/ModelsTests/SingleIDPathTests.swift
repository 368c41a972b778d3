import Testing

@testable import Models

@Suite("A path that reads itself from its one id")
struct SingleIDPathTests {
    private static let texts = [
        "0198f3a2-7c00-7a01-8001-000000000001", "0198F3A2-7C00-7A01-8001-00000000000A", "", "260115001", "26011500",
        "1234567890123456", "0198f3a2-7c00-7a01-8001-00000000000", "0198f3a2-7c00-7a01-8001-0000000000011",
        "0198f3a2x7c00-7a01-8001-000000000001", "0198f3a2-7c00-7a01-8001-00000000000g", " 60115001", "26011500١",
        "\u{0}",
    ]

    @Test("takes what its schema takes, and nothing else", arguments: texts)
    func agreesWithSchema(text: String) throws {
        try check(IDPath<User>.self, text) { $0.id.description }
        try check(TicketPath.self, text) { $0.id.description }
    }

    private func check<Path: SingleIDPath & Codable & Sendable>(
        _ type: Path.Type, _ text: String, _ id: (Path) -> String
    ) throws {
        let document = JSONValue.object([JSONValue.Member("id", .string(text))])
        let faults = Schema.of(type).faults(in: document)
        let path = Path(idText: text)
        #expect((path != nil) == faults.isEmpty)
        guard let path else { return }
        let decoded = try WireJSON.decode(type, from: document)
        #expect(id(path) == id(decoded))
    }
}
