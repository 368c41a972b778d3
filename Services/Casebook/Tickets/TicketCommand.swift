import ArgumentParser
import Models
import ServiceClient

/// What a person may do with tickets, on a terminal.
struct TicketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket", abstract: "Opens, lists, shows and claims tickets, as the person of an API key.",
        discussion: """
            The key is read from CASEBOOK_API_KEY; casebook admin create-key prints one. The gateway is that of this \
            machine's installation, or the one whose address CASEBOOK_URL holds.
            """,
        subcommands: [Open.self, List.self, Show.self, Claim.self])

    /// How an answer is printed.
    struct Form: ParsableArguments {
        @Flag(help: "The answer as it came, as JSON.")
        var json = false

        /// Prints an answer.
        func say(_ answer: some Encodable, _ text: () -> String) throws {
            Console.standard.say(json ? String(decoding: try WireJSON.encode(answer), as: UTF8.self) : text())
        }
    }

    /// The ticket that is meant.
    struct Subject: ParsableArguments {
        @Argument(help: "The case number, or the id.")
        var ticket: String

        /// The path of its operations.
        ///
        /// - Throws: ``InvalidArgument``.
        func path() throws(InvalidArgument) -> TicketPath {
            guard let reference = TicketReference(ticket) else {
                throw InvalidArgument(sentence: "\(ticket) is neither a case number nor an id")
            }
            return TicketPath(id: reference)
        }
    }

    /// Shows one ticket.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one ticket.")

        @OptionGroup var subject: Subject
        @OptionGroup var form: Form

        func run() async throws {
            let path = try subject.path()
            let ticket = try await TicketClient().call(try Tickets.show.request(path: path))
            try form.say(ticket) { TicketText.full(ticket) }
        }
    }

    /// Takes a ticket that nobody has.
    struct Claim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a ticket that nobody has; says who has it when somebody was faster.")

        @OptionGroup var subject: Subject
        @OptionGroup var form: Form

        func run() async throws {
            let path = try subject.path()
            let ticket = try await TicketClient().call(try Tickets.claim.request(path: path))
            try form.say(ticket) { "\(ticket.caseNumber) is yours: \(ticket.title)" }
        }
    }
}
