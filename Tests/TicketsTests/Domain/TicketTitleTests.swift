import Testing

@testable import Tickets

@Suite("The title of a ticket (A4)")
struct TicketTitleTests {
    @Test("a title is the first line that says anything, with single spaces and no control characters")
    func firstLine() {
        #expect(TicketTitle.of("Printer on fire\nSecond line") == "Printer on fire")
        #expect(TicketTitle.of("\n \t\r\n\n  Printer \t on   fire  \nmore") == "Printer on fire")
        #expect(TicketTitle.of("Printer\r\nfire") == "Printer")
        #expect(TicketTitle.of("Printer\u{2028}fire") == "Printer")
        #expect(TicketTitle.of("a\u{7}b\u{1B}[31mc") == "a b [31mc")
        #expect(TicketTitle.of("\u{1}\u{2}\nreal") == "real")
    }

    @Test("a description of control characters alone has a title all the same")
    func nothingToSay() {
        #expect(TicketTitle.of("\u{1}\u{2}") == "…")
        #expect(TicketTitle.of("") == "…")
    }

    @Test("140 characters stay as they are, 141 are cut after the last whole word")
    func length() {
        let exact = String(repeating: "a", count: 140)
        #expect(TicketTitle.of(exact) == exact)
        #expect(TicketTitle.of(exact + "a") == String(repeating: "a", count: 139) + "…")
        let words = Array(repeating: "word", count: 40).joined(separator: " ")
        let title = TicketTitle.of(words)
        #expect(title.hasSuffix("word…"))
        #expect(title.unicodeScalars.count <= 140)
        let longWord = "one " + String(repeating: "b", count: 200)
        #expect(TicketTitle.of(longWord).unicodeScalars.count == 140)
    }

    @Test(
        "characters of several scalars are never cut apart",
        arguments: ["👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "한", "👍🏽"])
    func whole(_ character: String) {
        let title = TicketTitle.of(String(repeating: character, count: 141))
        #expect(title.unicodeScalars.count <= 140)
        #expect(title.hasSuffix("…"))
        #expect(title.dropLast().allSatisfy { String($0) == character })
        #expect(!title.dropLast().isEmpty)
    }

    @Test("a first character of more scalars than a title holds is left out whole")
    func monster() {
        let monster = "e" + String(repeating: "\u{301}", count: 300)
        #expect(TicketTitle.of(monster) == "…")
        #expect(TicketTitle.of("ab " + monster) == "ab …")
    }
}
