import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Search (K3)", .scratchDatabase(.tickets))
struct SearchTests {
    private func found(_ phrase: String, _ desk: Desk, limit: Int = 200, more: String = "") async throws -> [String] {
        try await desk.all("/v1/tickets?q=\(phrase.encoded)\(more)", limit: limit).compactMap { $0["title"]?.text }
    }

    @Test("all words must be there, in any order and case; a quoted phrase as it stands")
    func words() async throws {
        try await Desk.run { desk in
            for title in ["The printer is on fire", "Fire in the server room", "Printer paper", "On the fire escape"] {
                _ = try await desk.open(title)
            }
            let expected: [String: Set<String>] = [
                "printer": ["The printer is on fire", "Printer paper"],
                "FIRE printer": ["The printer is on fire"],
                "fire": [
                    "The printer is on fire", "Fire in the server room", "On the fire escape",
                ],
                #""on fire""#: ["The printer is on fire"], #""fire on""#: [],
                #""the fire" escape"#: ["On the fire escape"], "print": ["The printer is on fire", "Printer paper"],
                "inter": ["The printer is on fire", "Printer paper"], "elephant": [], "printer elephant": [],
            ]
            for (phrase, titles) in expected {
                let found = try await found(phrase, desk)
                #expect(Set(found) == titles, "\(phrase)")
                #expect(found.count == titles.count, "\(phrase)")
            }
        }
    }

    @Test("the newest is found first, and quotes without anything in them find nothing")
    func order() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            for number in 1...5 {
                clock.advance(by: .seconds(1))
                _ = try await desk.open("Lamp \(number)")
            }
            let titles = try await found("lamp", desk)
            #expect(titles == ["Lamp 5", "Lamp 4", "Lamp 3", "Lamp 2", "Lamp 1"])
            let paged = try await found("lamp", desk, limit: 2)
            #expect(paged == titles)
            for nothing in [#""""#, #"" ""#] {
                let none = try await found(nothing, desk)
                #expect(none.isEmpty)
            }
        }
    }

    @Test("owner, brand, serial number, description and notes are searched, and follow their changes")
    func fields() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(
                "First line\nwith a giraffe below",
                owner: #"{"individual_id": "\#(company.individual)"}"#,
                more: #", "brand": "Rowenta", "serial_number": "SN-4711-X""#)
            _ = try await desk.post("\(ticket.path)/notes", #"{"text": "Called the okapi department"}"#)
            for phrase in ["giraffe", "hopper", "rowenta", "sn-4711-x", "4711", "okapi", "grace giraffe okapi"] {
                let titles = try await found(phrase, desk)
                #expect(titles == ["First line"], "\(phrase)")
            }
            _ = try await desk.patch(
                ticket.path,
                #"{"description": "Second line", "brand": null, "owner": {"memo": "Somebody else"}}"#)
            for phrase in ["giraffe", "hopper", "rowenta"] {
                let titles = try await found(phrase, desk)
                #expect(titles.isEmpty, "\(phrase)")
            }
            for phrase in ["second", "somebody", "okapi"] {
                let titles = try await found(phrase, desk)
                #expect(titles == ["Second line"], "\(phrase)")
            }
        }
    }

    @Test("accents and case are of no account, in what is searched and what is searched for")
    func accents() async throws {
        try await Desk.run { desk in
            _ = try await desk.open("Anruf von Frau Müller aus Åre, Straße 5, café, ÉCOLE")
            for phrase in ["muller", "MÜLLER", "mu\u{308}ller", "are,", "strasse", "STRASSE", "cafe", "école", "ecole"]
            {
                let titles = try await found(phrase, desk)
                #expect(titles.count == 1, "\(phrase)")
            }
        }
    }

    @Test("a percent sign, an underscore and a backslash stand for themselves")
    func patterns() async throws {
        try await Desk.run { desk in
            for title in ["100% wool", "100 wool", #"C:\temp\file"#, "snake_case", "snakeXcase", "plain"] {
                _ = try await desk.open(title)
            }
            let expected: [String: [String]] = [
                "100%": ["100% wool"], "%": ["100% wool"], "_": ["snake_case"], "snake_case": ["snake_case"],
                #"\"#: [#"C:\temp\file"#], #"C:\temp"#: [#"C:\temp\file"#], "%%%": [], "___": [], #"\%"#: [], "'": [],
                "100% wo_l": [],
            ]
            for (phrase, titles) in expected {
                let found = try await found(phrase, desk)
                #expect(found == titles, "\(phrase)")
            }
        }
    }

    @Test("terms of one and two characters are found among the newest")
    func short() async throws {
        try await Desk.run { desk in
            _ = try await desk.open("Ox and PC")
            _ = try await desk.open("Something else")
            for phrase in ["ox", "pc", "x", "ox pc"] {
                let titles = try await found(phrase, desk)
                #expect(titles == ["Ox and PC"], "\(phrase)")
            }
        }
    }

    @Test("a word that is mistyped finds what it is most like, once the words were learned")
    func misspelt() async throws {
        try await Desk.run { desk in
            _ = try await desk.open("The refrigerator hums")
            _ = try await desk.open("The television hums")
            try desk.company.learnWords()
            let expected = [
                "refridgerator": ["The refrigerator hums"], "refrigeratr": ["The refrigerator hums"],
                "televsion": ["The television hums"], "televsion hums": ["The television hums"],
                "xyzxyzxyz": [],
            ]
            for (phrase, titles) in expected {
                let found = try await found(phrase, desk)
                #expect(found == titles, "\(phrase)")
            }
            let words = try Rows.of("SELECT word FROM tickets.search_word ORDER BY word")
            #expect(words.contains("refrigerator"))
            #expect(!words.contains("the"))
        }
    }

    @Test("pages of what a mistyped word finds are complete")
    func misspeltPages() async throws {
        try await Desk.run { desk in
            for number in 1...5 { _ = try await desk.open("The refrigerator hums \(number)") }
            try desk.company.learnWords()
            let titles = try await found("refridgerator", desk, limit: 2)
            #expect(titles.count == 5)
            #expect(Set(titles).count == 5)
        }
    }

    @Test("another workspace's text is never found, nor its words used (S-1, SC-6)")
    func walls() async throws {
        try await Desk.run { desk in
            let other = try desk.other()
            let ticket = try await desk.open("canary refrigerator")
            _ = try await desk.post("\(ticket.path)/notes", #"{"text": "canary note"}"#)
            try desk.company.learnWords()
            for phrase in [
                "canary", "refrigerator", "refridgerator", "note", "a", ticket.number, String(ticket.number.suffix(4)),
            ] {
                let answer = try await other.get("/v1/tickets?q=\(phrase.encoded)")
                #expect(answer.json["items"]?.items.isEmpty == true, "\(phrase)")
                #expect(!answer.text.contains("canary"))
            }
        }
    }

    @Test("a search narrows by every filter, and has neither another order nor a total")
    func filters() async throws {
        try await Desk.run { desk in
            _ = try await desk.open("Lamp urgent", more: #", "priority": "urgent""#)
            _ = try await desk.open("Lamp mine", more: #", "assignee_id": "\#(desk.company.agent.id)""#)
            let urgent = try await found("lamp", desk, more: "&priority=urgent")
            #expect(urgent == ["Lamp urgent"])
            let mine = try await found("lamp", desk, more: "&assignee=me")
            #expect(mine == ["Lamp mine"])
            for wrong in ["sort=created_at", "sort=-updated_at", "sort=-priority", "count=true"] {
                let answer = try await desk.get("/v1/tickets?q=lamp&\(wrong)")
                #expect(answer.status == 400, "\(wrong)")
                #expect(answer.pointers == [String(wrong.prefix { $0 != "=" })])
            }
            let same = try await desk.get("/v1/tickets?q=lamp&sort=-created_at&count=false")
            #expect(same.status == 200)
        }
    }
}
