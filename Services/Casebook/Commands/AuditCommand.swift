import ArgumentParser
import Models
import ServiceClient

/// Checks that nobody changed what was written down about security and about records.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Checks the security audit and the sealed activity.",
        subcommands: [Verify.self])

    /// Reads both chains of a workspace to their ends.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads both chains of a workspace to their ends and names every place where they are not whole.",
            discussion: """
                Keep the digests it prints elsewhere: with them it can be told later that nothing was cut off at the \
                end. The exit status is 1 when something is not whole.
                """)

        @OptionGroup var place: AdminCommand.Place

        func run() async throws {
            let client = try OperatorClient.current()
            let found = try await client.call(SecurityAudit.verify.request(), in: try place.slug())
            say("audit", found.audit)
            say("activity", found.activity)
            guard found.audit.faults.isEmpty, found.activity.faults.isEmpty else { throw ExitCode.failure }
        }

        private func say(_ name: String, _ report: ChainReport) {
            let state = report.faults.isEmpty ? "whole" : "NOT WHOLE"
            Console.standard.say("\(name): \(state), \(report.links) links, last digest \(report.digest ?? "none")")
            for fault in report.faults {
                let line = fault.id.map { ", entry \($0)" } ?? ""
                Console.standard.step("link \(fault.seq)\(line): \(fault.kind.rawValue)")
            }
        }
    }
}
