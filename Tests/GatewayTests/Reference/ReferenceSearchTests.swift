import Models
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Searching the reference")
struct ReferenceSearchTests {
    private let source = ReferenceUnderTest.pages.source()

    private func operations(_ query: String) -> [String] {
        source.search.hits(for: query).shown.compactMap { hit in
            if case .operation(let operation) = hit.kind { operation.id } else { nil }
        }
    }

    @Test("every operation is found by its name, by its path and by its sentence")
    func finds() {
        for operation in source.document.operations {
            #expect(operations(operation.id).first == operation.id, "\(operation.id)")
            #expect(operations("\(operation.method) \(operation.path)").contains(operation.id), "\(operation.path)")
            #expect(operations(operation.summary).contains(operation.id), "\(operation.summary)")
        }
    }

    @Test("fields, permissions, problems, types and the guide are found, in any case of letters")
    func kinds() {
        #expect(operations("ALREADY_claimed").contains("tickets.claim"))
        #expect(operations("tickets:assign") == operations("tickets:Assign"))
        #expect(operations("next_cursor").contains("teams.list"))
        let addresses = source.search.hits(for: "CreateTicket").shown.map(\.address)
        #expect(addresses.contains("/docs/schemas#CreateTicket"))
        #expect(source.search.hits(for: "idempotency").shown.contains { $0.address == "/docs#idempotency" })
    }

    @Test("all words must stand there, and what is nowhere finds nothing")
    func conjunction() {
        #expect(operations("claim ticket").first == "tickets.claim")
        #expect(source.search.hits(for: "claim zzz").count == 0)
        #expect(source.search.hits(for: " \t ").count == 0)
    }

    @Test(
        "a hostile query is bounded and comes back as text",
        arguments: [
            String(repeating: "a", count: 10_000), String(repeating: "e ", count: 5_000), "\u{0}\u{1B}[2J\u{202E}claim",
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE x; --", "{{7*7}}", "%00",
            "\\",
            String(repeating: "e\u{301}", count: 3_000), "🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        ])
    func hostile(query: String) throws {
        #expect(ReferenceSearch.words(of: query).count <= ReferenceSearch.wordLimit)
        for isRegion in [true, false] {
            let text = String(decoding: ReferenceUnderTest.pages.found(query, isRegion: isRegion), as: UTF8.self)
            #expect(text.utf8.count < 60_000)
            #expect(!text.contains("<img") && !text.contains("alert(1)</script>"))
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
            #expect(!text.contains("\u{202E}"))
        }
        #expect(source.search.hits(for: query).shown.count <= ReferenceSearch.hitLimit)
    }
}
