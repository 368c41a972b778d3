import Foundation
import ServiceKit
import Testing

@testable import Casebook

@Suite("progress")
struct ProgressDisplayTests {
    @Test("is a bar that is drawn over itself on a terminal")
    func terminal() {
        var display = ProgressDisplay(name: "tickets", isTerminal: true)
        let half = display.text(for: SeedProgress(done: 50_000, total: 100_000)) ?? ""
        #expect(half.hasPrefix("\r") && !half.contains("\n"))
        #expect(half.count(where: { $0 == "█" }) == 15 && half.count(where: { $0 == "░" }) == 15)
        #expect(half.contains(" 50 %  50,000 of 100,000"))
        let whole = display.text(for: SeedProgress(done: 100_000, total: 100_000)) ?? ""
        #expect(whole.contains("100 %") && !whole.contains("░"))
    }

    @Test("is a line for each tenth where no terminal is")
    func lines() {
        var display = ProgressDisplay(name: "tickets", isTerminal: false)
        let lines = stride(from: 0, through: 1_000, by: 50).compactMap {
            display.text(for: SeedProgress(done: $0, total: 1_000))
        }
        #expect(lines.count == 10)
        #expect(lines.first == "  tickets: 10 %, 100 of 1,000\n")
        #expect(lines.last == "  tickets: 100 %, 1,000 of 1,000\n")
    }

    @Test(
        "numbers are read in groups of three",
        arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000")])
    func grouped(number: Int, text: String) {
        #expect(ProgressDisplay.grouped(number) == text)
    }

    @Test("is read off the log: the last whole line that tells of it, and nothing from before")
    func log() throws {
        let folder = try TemporaryFolder()
        try folder.data.create(for: nil)
        let log = folder.data.log(of: "tickets-seed")
        try "progress 1 9\n".write(toFile: log, atomically: true, encoding: .utf8)
        let start = LogTail.position(of: log)
        #expect(LogTail.last(of: log, from: start, startingWith: "progress ") == nil)
        let text = "progress 1 9\nprogress 2 9\na word\nprogress 3 9\nprogress 4"
        try text.write(toFile: log, atomically: true, encoding: .utf8)
        #expect(LogTail.last(of: log, from: start, startingWith: "progress ") == "progress 3 9")
    }
}
