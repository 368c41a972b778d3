import Models
import ServiceKit

/// One made-up ticket with its whole history, made by the same rules as a real one's.
struct SeededCase: Sendable {
    /// One step of the history.
    struct Step: Sendable {
        let verb: ActivityVerb
        let actor: ID<User>
        let at: Timestamp
        let version: Int
        let changes: JSONValue
    }

    /// The ticket as it stands in the end.
    private(set) var ticket: Ticket
    private(set) var steps: [Step] = []
    private(set) var notes: [TicketNote] = []

    private let agent: NamedUser
    private let end: Timestamp

    /// Makes up a case that was opened at an instant.
    init(
        _ number: CaseNumber, openedAt: Timestamp, in company: SeededCompany, until end: Timestamp,
        _ random: inout SeededRandom
    ) {
        let message = SeededTexts.message(&random)
        agent = random.pick(company.agents)
        self.end = end
        let hasEquipment = random.isTrue(300)
        ticket = Ticket(
            id: ID<Ticket>.make(at: openedAt, using: &random), caseNumber: number.text,
            title: TicketTitle.of(message.text), description: message.text, category: message.category.rawValue,
            priority: Priority.allCases[random.index(byWeights: [25, 50, 18, 7])], status: .open,
            waitReason: nil, waitUntil: nil, owner: company.owner(&random), assignee: nil,
            team: random.isTrue(700) ? random.pick(company.teams) : nil,
            brand: hasEquipment ? SeededTexts.brands[message.product] : nil,
            serialNumber: hasEquipment ? message.serial : nil, reopenCount: 0, version: 1, createdAt: openedAt,
            updatedAt: openedAt, statusChangedAt: openedAt, startedAt: nil, completedAt: nil, closedAt: nil)
        note(.created, from: nil, at: openedAt)
        work(on: message, &random)
    }

    /// The older a ticket is, the more of its way lies behind it.
    private mutating func work(on message: SeededTexts.Message, _ random: inout SeededRandom) {
        var now = ticket.createdAt
        guard wait(&now, hours: 6, &random) else { return }
        let queueing = TicketQueueing(caller: agent.id, mayTakeFromOthers: true)
        let claimed = try? queueing.claimed(ticket, by: agent, at: now)
        become(claimed ?? nil, .claimed, at: now)
        guard wait(&now, hours: 20, &random) else { return }
        let reason = random.isTrue(600) ? random.pick(WaitReason.allCases) : nil
        move(MoveTicket(status: .inProgress, waitReason: reason), at: now)
        if random.isTrue(500), wait(&now, hours: 24, &random) {
            add(random.isTrue(700) ? .internal : .customer, random.pick(message.language.notes), at: now, &random)
        }
        guard wait(&now, hours: 72, &random) else { return }
        if random.isTrue(300) { add(.resolution, random.pick(message.language.resolutions), at: now, &random) }
        move(MoveTicket(status: .completed), at: now)
        guard wait(&now, hours: 96, &random) else { return }
        move(MoveTicket(status: .closed), at: now)
    }

    /// Lets up to twice so many hours pass; `false` when that is beyond the end.
    private func wait(_ now: inout Timestamp, hours: Int, _ random: inout SeededRandom) -> Bool {
        now = now.adding(.seconds(60 + random.below(hours * 7_200)))
        return now < end
    }

    private mutating func move(_ request: MoveTicket, at now: Timestamp) {
        let move = TicketMove(request: request, mayReopenAnytime: true, reopenWindowDays: 0)
        let moved = try? move.applied(to: ticket, at: now)
        become(moved ?? nil, .moved, at: now)
    }

    private mutating func add(_ kind: TicketNoteKind, _ text: String, at now: Timestamp, _ random: inout SeededRandom) {
        notes.append(
            TicketNote(
                id: ID<TicketNote>.make(at: now, using: &random), kind: kind, text: text,
                author: ActivityItem.Actor(kind: "user", id: agent.id, service: nil), createdAt: now))
        become(ticket.changed(at: now), .noteAdded, at: now)
    }

    private mutating func become(_ after: Ticket?, _ verb: ActivityVerb, at now: Timestamp) {
        guard let after else { return }
        let before = ticket
        ticket = after
        note(verb, from: before, at: now)
    }

    private mutating func note(_ verb: ActivityVerb, from before: Ticket?, at now: Timestamp) {
        steps.append(
            Step(
                verb: verb, actor: agent.id, at: now, version: ticket.version,
                changes: TicketDifference.of(before, ticket)))
    }
}
