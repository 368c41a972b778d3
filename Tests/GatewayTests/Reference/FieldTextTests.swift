import Foundation
import Models
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("What members mean")
struct FieldTextTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test("field-texts.tsv is what deploy/field-texts writes from the comments in Models")
    func isCurrent() async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = root.appending(path: "deploy/field-texts")
        process.standardOutput = output
        try process.run()
        let written = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let kept = try Data(contentsOf: root.appending(path: "Shared/ServiceKit/OpenAPI/field-texts.tsv"))
        #expect(written == kept, "run: deploy/field-texts > Shared/ServiceKit/OpenAPI/field-texts.tsv")
        #expect(Data(PackageResources.field_texts_tsv) == kept)
    }

    @Test("names are those of the wire, and a general type's members serve all that are made from it")
    func names() {
        let texts = FieldTexts(lines: "Team\tA group.\nTeam.memberCount\tHow many.\nPage\tOne.\nPage.items\tItems.")
        #expect(texts.text(of: "Team") == "A group." && texts.text(of: "Other") == nil)
        #expect(texts.text(of: "member_count", in: "Team") == "How many.")
        #expect(texts.text(of: "items", in: "TeamPage") == "Items.")
        #expect(texts.text(of: "items", in: "Team") == nil)
    }

    @Test("most members of bodies and answers say what they mean, on the page and in /openapi.json")
    func areThere() throws {
        let fields = ReferenceUnderTest.document.schemas.flatMap(\.fields)
        let silent = fields.filter { $0.summary == nil }
        #expect(silent.count * 20 < fields.count, "\(silent.count) of \(fields.count)")
        let ticket = try #require(ReferenceUnderTest.document.schema("Ticket"))
        #expect(ticket.fields.first { $0.name == "version" }?.summary?.isEmpty == false)
    }
}
