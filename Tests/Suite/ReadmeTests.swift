import Foundation
import TestSupport
import Testing

extension SuiteTests {
    /// What README.md prints is what happens.
    @Suite("README.md")
    struct Readme {
        @Test("the way of a case runs exactly as printed, and prints what stands behind #=> (A1-A12, B1, C2, D1, D3)")
        func transcript() async throws {
            let block = try Self.block(under: "## Work on a case")
            let expected = block.split(separator: "\n").filter { $0.hasPrefix("#=> ") }.map { String($0.dropFirst(4)) }
            #expect(expected.count >= 15)
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let password = try #require(start.output.firstMatch(of: /Password: +(\S+)/).map { String($0.1) })
                let script = "\(suite.folder)/transcript.sh"
                try block.write(toFile: script, atomically: true, encoding: .utf8)
                let run = try await Command.run(
                    "/bin/bash", ["-euo", "pipefail", script],
                    environment: ["CASEBOOK": start.address, "PASSWORD": password])
                #expect(run.status == 0, "\(run.output)")
                let printed = run.output.split(separator: "\n").map(String.init)
                #expect(printed.count == expected.count, "\(run.output)")
                for (line, pattern) in zip(printed, expected) {
                    #expect(Self.matches(line, pattern), "\(line) where \(pattern) was to come")
                }
            }
        }

        /// The first block of shell under a heading.
        private static func block(under heading: String) throws -> String {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
            let section = try #require(text.firstRange(of: "\n\(heading)\n")).upperBound
            let start = try #require(text[section...].firstRange(of: "\n```sh\n")).upperBound
            let end = try #require(text[start...].firstRange(of: "\n```\n")).lowerBound
            return String(text[start..<end]) + "\n"
        }

        /// Whether a line is as printed; "…" stands for what differs each time.
        private static func matches(_ line: String, _ pattern: String) -> Bool {
            let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
            guard parts.count > 1 else { return line == pattern }
            return line.hasPrefix(parts[0]) && line.hasSuffix(parts[parts.count - 1])
                && line.count >= pattern.count - (parts.count - 1)
        }
    }
}
