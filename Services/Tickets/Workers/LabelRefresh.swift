import Logging
import Models
import Postgres
import ServiceKit
import ServiceLifecycle

/// Follows the stream and keeps what tickets copied: the names of owners, assignees and teams, and the words of texts.
///
/// The consumer only dispatches: each record whose name may have changed becomes a timer, which refreshes 500 tickets
/// at a time until none shows an old name.
struct LabelRefresh: Sendable {
    let database: Database
    let logger: Logger

    private var labels: LabelStore { LabelStore() }
    private var timers: TimerStore { TimerStore(database: database, service: .tickets) }

    /// The consumer and the worker of its timers.
    var workers: [any Service] {
        [
            ActivityConsumer(
                "labels", of: .tickets, database: database, limits: Self.limits, logger: logger,
                wants: Self.isWanted,
                handle: { batch, tx in try await follow(batch, tx) }),
            TimerWorker(
                store: timers, handlers: LabelStore.Source.allCases.map(handler), logger: logger),
        ]
    }

    /// A second is soon enough for a copied name, and one turn for many entries costs little more than for one.
    private static var limits: ConsumerLimits {
        var limits = ConsumerLimits()
        limits.followsHints = false
        return limits
    }

    /// Names change by `updated`; a ticket copies names, and has new words, when anything but its status changes.
    private static func isWanted(_ entry: ActivityEntry) -> Bool {
        guard !SeedRequest.wrote(entry) else { return false }
        if entry.subjectKind == .ticket { return entry.verb != .moved }
        return entry.verb == .updated && LabelStore.Source.allCases.contains { $0.recordKind == entry.subjectKind }
    }

    private func follow(_ batch: ActivityBatch, _ tx: Transaction) async throws {
        for source in LabelStore.Source.allCases {
            let subjects = Set(batch.entries.filter { $0.subjectKind == source.recordKind }.map(\.subject))
            for subject in subjects.sorted() {
                _ = try await tx.query(timers.schedule(source.timer, of: subject, in: batch.workspace, at: .now))
            }
            if !subjects.isEmpty { database.hint(TimerHint.channel) }
        }
        let tickets = Set(batch.entries.filter { $0.subjectKind == .ticket }.map { $0.subject.of(Ticket.self) })
        guard !tickets.isEmpty else { return }
        try await labels.refresh(tickets: tickets.sorted(), in: batch.workspace, tx)
        try await labels.learnWords(of: tickets.sorted(), in: batch.workspace, tx)
    }

    private func handler(_ source: LabelStore.Source) -> TimerHandler {
        TimerHandler(
            source.timer,
            effect: { job, tx in
                let refreshed = try await labels.refresh(source, job.subject, in: job.workspace, tx)
                return refreshed < LabelStore.batch ? .done : .again(at: .now)
            })
    }
}

extension LabelStore.Source {
    /// The timer that refreshes what copies a record's name.
    fileprivate var timer: TimerKind {
        switch self {
        case .individual: TimerKind(rawValue: "refresh_individual")
        case .organization: TimerKind(rawValue: "refresh_organization")
        case .assignee: TimerKind(rawValue: "refresh_assignee")
        case .team: TimerKind(rawValue: "refresh_team")
        }
    }
}
