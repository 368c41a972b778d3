import Foundation
import TestSupport
import Testing

extension SuiteTests {
    /// The pages of the running suite in Debian's chromium, by the scripts of `Tests/Browser`.
    @Suite("browser")
    struct Browser {
        @Test(
            """
            the API reference is good in a real browser: policy, axe, search with and without script, keys, budgets, \
            in light and dark on wide and narrow screens (S-24, R1, R19, R20)
            """)
        func reference() async throws {
            let python = try #require(ProcessInfo.processInfo.environment["CASEBOOK_BROWSER"])
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            // They stay, for whoever wants to see what was checked.
            let screenshots = root.appending(path: ".build/screenshots/reference")
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let run = try await Command.run(
                    python, [root.appending(path: "Tests/Browser/reference.py").path, start.address, screenshots.path],
                    environment: ["HOME": NSTemporaryDirectory()], within: .seconds(420))
                let lines = run.output.split(separator: "\n").map(String.init)
                #expect(lines.filter { $0.hasPrefix("FAILED ") } == [])
                #expect(lines.count { $0.hasPrefix("ok ") } > 90, "\(run.output.suffix(2_000))")
                #expect(run.status == 0, "\(run.output.suffix(2_000))")
            }
        }
    }
}
