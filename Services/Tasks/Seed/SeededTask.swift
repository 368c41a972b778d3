import FoundationEssentials
import Models
import ServiceKit

/// One made-up task with its whole history, made by the same rules as a real one's.
struct SeededTask: Sendable {
    /// One step of the history.
    struct Step: Sendable {
        let verb: ActivityVerb
        let actor: ID<User>
        let at: Timestamp
        let version: Int
        let changes: JSONValue
    }

    /// The task as it stands in the end.
    private(set) var task: TaskItem
    private(set) var steps: [Step] = []

    private let agent: NamedUser
    private let end: Timestamp

    /// Makes up a task that comes with a ticket: about it, about a customer, or by itself.
    init(with ticket: SeededTicketCard, at place: SeededWorkplace, until end: Timestamp, _ random: inout SeededRandom) {
        let made = min(
            ticket.openedAt.adding(.seconds(60 + random.below(86_400))), end.adding(.seconds(-60 - random.below(3_600)))
        )
        agent = random.pick(place.agents)
        self.end = end
        let (subject, works) = Self.subject(ticket, place, &random)
        let work = works[min(random.below(works.count), random.below(works.count))]
        task = TaskItem(
            id: ID<TaskItem>.make(at: made, using: &random), title: SeededTaskTexts.title(of: work, &random),
            kind: work.kind.rawValue, priority: Priority.allCases[random.index(byWeights: [25, 50, 18, 7])], at: made)
        task.description = random.isTrue(300) ? random.pick(work.descriptions) : nil
        task.subject = subject
        task.assignee = random.isTrue(800) ? agent : nil
        task.team = random.isTrue(600) ? random.pick(place.teams) : nil
        task.isRequired = subject?.kind == .ticket && random.isTrue(150)
        task.estimateSeconds = random.isTrue(400) ? 900 << random.below(6) : nil
        setDue(at: place, &random)
        note(.created, from: nil, at: made)
        advance(&random)
        if ticket.hasEnded, task.waitingTicket != nil { move(to: .completed, at: max(task.updatedAt, made)) }
    }

    private static func subject(
        _ ticket: SeededTicketCard, _ place: SeededWorkplace, _ random: inout SeededRandom
    ) -> (TaskSubject?, [SeededTaskTexts.Work]) {
        switch random.below(100) {
        case 0..<65: (ticket.subject, SeededTaskTexts.forTicket)
        case 65..<75: (random.pick(place.customers), SeededTaskTexts.forCustomer)
        default: (nil, SeededTaskTexts.alone)
        }
    }

    /// Mostly on a day within three weeks, sometimes at an hour, often never.
    private mutating func setDue(at place: SeededWorkplace, _ random: inout SeededRandom) {
        let made = task.createdAt.microseconds
        switch random.below(100) {
        case 0..<40:
            let day = CalendarDate(daysSince1970: made / 86_400_000_000).adding(days: Int64(1 + random.below(20)))
            task.dueAt = place.end(of: day)
            task.dueOn = task.dueAt == nil ? nil : day
        case 40..<55:
            let hour = made / 3_600_000_000 + Int64(4 + random.below(96))
            task.dueAt = Timestamp(microseconds: hour * 3_600_000_000)
        default: break
        }
    }

    /// The older a task is, the more likely it is done; some are forgotten.
    private mutating func advance(_ random: inout SeededRandom) {
        var now = task.createdAt
        guard wait(&now, hours: 30, &random), !random.isTrue(50) else { return }
        move(to: .inProgress, at: now)
        guard wait(&now, hours: 60, &random), !random.isTrue(40) else { return }
        move(to: random.isTrue(80) ? .cancelled : .completed, at: now)
    }

    /// Lets up to twice so many hours pass; `false` when that is beyond the end.
    private func wait(_ now: inout Timestamp, hours: Int, _ random: inout SeededRandom) -> Bool {
        now = now.adding(.seconds(60 + random.below(hours * 7_200)))
        return now < end
    }

    private mutating func move(to status: TaskStatus, at now: Timestamp) {
        let move = TaskMove(request: MoveTask(status: status))
        guard let after = try? move.applied(to: task, at: now) else { return }
        let before = task
        task = after
        note(.moved, from: before, at: now)
    }

    private mutating func note(_ verb: ActivityVerb, from before: TaskItem?, at now: Timestamp) {
        steps.append(
            Step(
                verb: verb, actor: agent.id, at: now, version: task.version,
                changes: TaskDifference.of(before, task)))
    }
}

/// A ticket of the workspace, as tasks are made up with it.
struct SeededTicketCard: Sendable {
    let subject: TaskSubject
    let hasEnded: Bool

    /// When it was opened, as its id tells (RFC 9562, section 5.7).
    var openedAt: Timestamp {
        let bytes = subject.id.rawValue.uuid
        let milliseconds = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5].reduce(0) { $0 << 8 | Int64($1) }
        return Timestamp(microseconds: milliseconds * 1_000)
    }
}
