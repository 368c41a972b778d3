import Foundation
import Testing

@testable import Tasks

/// A calendar as icalendar, the parser of Python's package index, reads it: by read_calendar.py.
struct ReadCalendar {
    let components: [[String: Any]]

    init(_ calendar: CalendarText) throws { try self.init(calendar.bytes) }

    init(_ bytes: [UInt8]) throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["CASEBOOK_ICALENDAR"], "deploy/test sets it to a Python with icalendar")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/read_calendar.py").standardized
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: python)
        process.arguments = [script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // Less than a pipe holds, so that writing does not wait.
        #expect(bytes.count < 65_536)
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        let told = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let read = try JSONSerialization.jsonObject(with: told) as? [String: Any]
        components = try #require(read?["components"] as? [[String: Any]])
        for component in components { #expect((component["errors"] as? [Any])?.isEmpty == true, "\(component)") }
    }

    func all(_ name: String) -> [[String: Any]] { components.filter { $0["component"] as? String == name } }
}
