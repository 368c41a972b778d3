import ArgumentParser
import Models
import ServiceClient

/// Checks that nobody changed what was written down about security and about records, and blanks values in it.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Checks the security audit and the sealed activity, and blanks values in them.",
        subcommands: [Verify.self, Blank.self])

    /// Which chains are meant.
    struct Chains: ParsableArguments {
        @Option(help: "The workspace's short name; main by default.")
        var workspace: String?
        @Flag(help: "The installation's own chain, which belongs to no workspace.")
        var installation = false

        func validate() throws {
            guard workspace == nil || !installation else {
                throw ValidationError("--installation cannot stand beside --workspace: it is the chain of none.")
            }
        }

        /// The short name; nil for the installation.
        ///
        /// - Throws: ``InvalidArgument``.
        func slug() throws(InvalidArgument) -> Text<Slug>? {
            guard !installation else { return nil }
            return try InvalidArgument.require(workspace ?? "main", "--workspace")
        }
    }

    /// Reads the chains of a workspace, or the installation's, to their ends.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads both chains of a workspace to their ends and names every place where they are not whole.",
            discussion: """
                Entries whose values were blanked are named too, with the line of the audit that says who asked. Keep \
                the digests it prints elsewhere: with them it can be told later that nothing was cut off at the end. \
                The exit status is 1 when something is not whole.
                """)

        @OptionGroup var chains: Chains

        func run() async throws {
            let client = try OperatorClient.current()
            let found = try await client.call(SecurityAudit.verify.request(), in: try chains.slug())
            say("audit", found.audit)
            // Records belong to workspaces.
            if !chains.installation { say("activity", found.activity) }
            guard found.audit.faults.isEmpty, found.activity.faults.isEmpty else { throw ExitCode.failure }
        }

        private func say(_ name: String, _ report: ChainReport) {
            let state = report.faults.isEmpty ? "whole" : "NOT WHOLE"
            let blanked = report.blankedCount == 0 ? "" : ", \(report.blankedCount) blanked"
            Console.standard.say(
                "\(name): \(state), \(report.links) links\(blanked), last digest \(report.digest ?? "none")")
            for entry in report.blanked {
                Console.standard.step("link \(entry.seq), entry \(entry.id): blanked, as line \(entry.blankedBy) says")
            }
            for fault in report.faults {
                let line = fault.id.map { ", entry \($0)" } ?? ""
                Console.standard.step("link \(fault.seq)\(line): \(fault.kind.rawValue)")
            }
        }
    }

    /// Blanks values for good.
    struct Blank: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Blanks what lines of the audit and sealed entries of the activity say, for good.",
            discussion: """
                What was done, to what, by whom and when stays, and the chains stay whole; the detail of a line and \
                the changes of an entry go. The audit says that it was done. Give at most 500 ids; when one of them \
                cannot be blanked, none is.
                """)

        @OptionGroup var chains: Chains
        @Argument(help: "Ids of lines of the audit and of entries of the activity.")
        var ids: [String]

        func run() async throws {
            let ids: [ID<AuditEntry>] = try ids.map { try InvalidArgument.id($0, $0) }
            let done = try await OperatorClient.current().call(
                SecurityAudit.blank.request(body: BlankValues(ids: ids)), in: try chains.slug())
            let line = done.blankedBy.map { "; line \($0) of the audit says so" } ?? ""
            Console.standard.say("Blanked \(done.blanked), before \(done.blankedBefore)\(line).")
        }
    }
}
