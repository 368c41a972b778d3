import FoundationEssentials
import Models
import Testing

@Suite("Ids")
struct IDTests {
    @Test("an id is a UUID of version 7 whose first 48 bits are the milliseconds of its instant")
    func isVersionSeven() throws {
        let instant = try #require(Timestamp("2026-11-22T01:02:03.456Z"))
        let text = ID<User>.make(at: instant).description
        let digits = text.replacing("-", with: "")
        #expect(UInt64(digits.prefix(12), radix: 16) == UInt64(instant.microseconds / 1_000))
        #expect(Array(digits)[12] == "7")
        #expect("89ab".contains(Array(digits)[16]))
    }

    @Test("ids made later sort later")
    func sortsByTime() {
        let instants = (0..<100).map { Timestamp(microseconds: 1_700_000_000_000_000 + Int64($0) * 1_000) }
        let ids = instants.map { ID<User>.make(at: $0) }
        #expect(ids == ids.sorted())
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test("ten thousand ids of one instant are all different")
    func isUnique() {
        let instant = Timestamp(microseconds: 1_700_000_000_000_000)
        #expect(Set((0..<10_000).map { _ in ID<User>.make(at: instant) }).count == 10_000)
    }

    @Test(
        "a text that is no UUID is no id",
        arguments: ["", "x", "0190163d-8694-739b-aea5-966c26f8ad9", "{0190163d-8694-739b-aea5-966c26f8ad91}"])
    func refusesOtherTexts(text: String) {
        #expect(ID<User>(text) == nil)
    }

    @Test("an id reads capitals and writes lower case")
    func normalises() {
        #expect(
            ID<User>("0190163D-8694-739B-AEA5-966C26F8AD91")?.description == "0190163d-8694-739b-aea5-966c26f8ad91")
    }
}
