import ArgumentParser
import Models
import ServiceClient

extension TicketCommand {
    /// Opens a ticket.
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens a ticket for exactly one owner and prints its case number.",
            discussion: "The owner is one of --individual, --organization, --reference and --memo.")

        @Argument(help: "The issue; its first line becomes the title.")
        var description: String
        @Option(help: "The id of a person among the customers.")
        var individual: String?
        @Option(help: "The id of a company among the customers.")
        var organization: String?
        @Option(help: "How another system calls the owner.")
        var reference: String?
        @Option(help: "Who the owner is, in words.")
        var memo: String?
        @Option(help: "low, medium, high or urgent.")
        var priority: String?
        @Option(help: "incident, request, complaint, inquiry, feedback, or one of the workspace's own.")
        var category: String?
        @OptionGroup var form: Form

        func run() async throws {
            let body = try ticket()
            let ticket = try await TicketClient().call(try Tickets.create.request(body: body))
            try form.say(ticket) { "Opened \(ticket.caseNumber) for \(ticket.owner.label), id \(ticket.id)." }
        }

        /// What is sent.
        ///
        /// - Throws: ``InvalidArgument``.
        func ticket() throws(InvalidArgument) -> CreateTicket {
            var word: Priority?
            if let priority { word = try InvalidArgument.word(priority, "--priority") }
            var kind: Text<SnakeCaseWord>?
            if let category { kind = try InvalidArgument.require(category, "--category") }
            return CreateTicket(
                owner: try owner(), description: try InvalidArgument.require(description, "the description"),
                priority: word, category: kind)
        }

        private func owner() throws(InvalidArgument) -> OwnerChoice {
            guard [individual, organization, reference, memo].count(where: { $0 != nil }) == 1 else {
                throw InvalidArgument(
                    sentence: "A ticket has exactly one owner: --individual, --organization, --reference or --memo")
            }
            if let individual { return OwnerChoice(individualID: try InvalidArgument.id(individual, "--individual")) }
            if let organization {
                return OwnerChoice(organizationID: try InvalidArgument.id(organization, "--organization"))
            }
            if let reference {
                return OwnerChoice(externalReference: try InvalidArgument.require(reference, "--reference"))
            }
            return OwnerChoice(memo: try InvalidArgument.require(memo ?? "", "--memo"))
        }
    }

    /// Lists tickets.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists tickets, newest first; those that are not closed, unless --status says which.")

        @Option(help: "open, in_progress, completed or closed; several with commas.")
        var status: String?
        @Flag(help: "Only tickets of the key's person.")
        var mine = false
        @Flag(help: "Only tickets that nobody has.")
        var unassigned = false
        @Option(name: .shortAndLong, help: "Only tickets with these words; a case number or its end finds one.")
        var query: String?
        @Option(name: .shortAndLong, help: "The most tickets, 1 to 200.")
        var limit = 20
        @OptionGroup var form: Form

        func validate() throws {
            guard PageLimit.range ~= limit else { throw ValidationError("--limit is a number from 1 to 200.") }
            guard !(mine && unassigned) else { throw ValidationError("--mine and --unassigned exclude each other.") }
        }

        func run() async throws {
            let filter = try filter()
            let page = try await TicketClient().call(try Tickets.list.request(query: filter))
            try form.say(page) {
                page.items.isEmpty
                    ? "There are no such tickets."
                    : TicketText.table(page.items) + (page.nextCursor == nil ? "" : "\nThere are more: see --limit.")
            }
        }

        /// What is asked for.
        ///
        /// - Throws: ``InvalidArgument``.
        func filter() throws(InvalidArgument) -> TicketListQuery {
            var statuses: [TicketStatus] = []
            for word in status?.split(separator: ",") ?? [] {
                statuses.append(try InvalidArgument.word(String(word), "--status"))
            }
            var phrase: Text<SearchPhrase>?
            if let query { phrase = try InvalidArgument.require(query, "--query") }
            return TicketListQuery(
                limit: PageLimit(value: limit), status: statuses.isEmpty ? nil : Words(statuses),
                assignee: mine ? .me : unassigned ? QueueReference.none : nil, q: phrase)
        }
    }
}
