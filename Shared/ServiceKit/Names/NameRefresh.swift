package import Logging
package import Models
package import Postgres
package import ServiceLifecycle

/// Follows the stream and keeps the names that a service's records copied as their owners publish them.
///
/// The consumer only dispatches: each record whose name may have changed becomes a timer, which refreshes
/// ``CopiedName/batch`` records at a time until none shows an old name.
package struct NameRefresh: Sendable {
    /// What else a change of some of the service's own records entails, in the consumer's transaction.
    package typealias Effect =
        @Sendable (
            _ records: [ID<AnyRecord>], _ workspace: ID<Workspace>, _ tx: Transaction
        ) async throws -> Void

    private let copies: [CopiedName]
    private let database: Database
    private let service: ServiceName
    private let logger: Logger
    private let effects: [RecordKind: Effect]

    /// Describes the names that a service copies.
    ///
    /// - Parameters:
    ///   - copies: The names.
    ///   - service: The service whose records copy them.
    ///   - database: Where they lie, as the service's role.
    ///   - logger: Hears of failures.
    ///   - effects: What else changes of the service's own records entail, by their kind.
    package init(
        _ copies: [CopiedName], of service: ServiceName, database: Database, logger: Logger,
        effects: [RecordKind: Effect] = [:]
    ) {
        self.copies = copies
        self.service = service
        self.database = database
        self.logger = logger
        self.effects = effects
    }

    private var timers: TimerStore { TimerStore(database: database, service: service) }

    /// The consumer and the worker of its timers.
    package var workers: [any Service] {
        [
            ActivityConsumer(
                "labels", of: service, database: database, limits: Self.limits, logger: logger, wants: isWanted,
                handle: { batch, tx in try await follow(batch, tx) }),
            TimerWorker(store: timers, handlers: copies.map(handler), logger: logger),
        ]
    }

    /// A second is soon enough for a copied name, and one turn for many entries costs little more than for one.
    private static var limits: ConsumerLimits {
        var limits = ConsumerLimits()
        limits.followsHints = false
        return limits
    }

    /// Names change with their owners' records; a record copies names when anything but its status changes.
    private func isWanted(_ entry: ActivityEntry) -> Bool {
        guard !SeedRequest.wrote(entry) else { return false }
        return isOwn(entry) || copies.contains { $0.source.tells(entry) }
    }

    private func isOwn(_ entry: ActivityEntry) -> Bool {
        entry.verb.rawValue != "moved" && copies.contains { $0.copier == entry.subjectKind }
    }

    private func follow(_ batch: ActivityBatch, _ tx: Transaction) async throws {
        for copy in copies {
            let subjects = Set(batch.entries.filter(copy.source.tells).map(\.subject))
            for subject in subjects.sorted() {
                _ = try await tx.query(timers.schedule(copy.timer, of: subject, in: batch.workspace, at: .now))
            }
            if !subjects.isEmpty { tx.hint(TimerHint.channel) }
        }
        for (kind, entries) in Dictionary(grouping: batch.entries.filter(isOwn), by: \.subjectKind) {
            let records = Set(entries.map(\.subject)).sorted()
            for copy in copies where copy.copier == kind {
                try await copy.refresh(records: records, in: batch.workspace, tx)
            }
            try await effects[kind]?(records, batch.workspace, tx)
        }
    }

    private func handler(_ copy: CopiedName) -> TimerHandler {
        TimerHandler(
            copy.timer,
            effect: { job, tx in
                let refreshed = try await copy.refresh(job.subject, in: job.workspace, tx)
                return refreshed < CopiedName.batch ? .done : .again(at: .now)
            })
    }
}

extension CopiedName.Source {
    /// Whether an entry tells of a name that may be new.
    fileprivate func tells(_ entry: ActivityEntry) -> Bool { entry.subjectKind == kind && renames(entry) }
}
