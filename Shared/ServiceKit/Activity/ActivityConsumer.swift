import FoundationEssentials
package import Logging
package import Models
package import Postgres
import ServiceLifecycle

/// Entries of one workspace, in the order of the stream.
package struct ActivityBatch: Sendable {
    /// Their workspace; the transaction of the handler is open for it.
    package let workspace: ID<Workspace>
    /// The entries, at least one and at most 50.
    package let entries: [ActivityEntry]
}

/// Follows the stream of activity over all workspaces and makes an effect of each entry at least once.
///
/// The effects and the consumer's position are committed together. An entry that was written late cannot be passed
/// over: only what lies below the oldest running transaction is read. A workspace whose entries fail, or that has more
/// than 50 at once, falls behind by itself and holds up no other. An entry that fails five times is parked in
/// `core.parked` and passed over.
///
/// A handler knows repeats by the entry's id, and dispatches only: what takes time, calls others or changes records
/// becomes a timer. So it writes no activity.
package struct ActivityConsumer: Service {
    /// What the consumer does with the entries of one workspace.
    package typealias Handler = @Sendable (ActivityBatch, Transaction) async throws -> Void

    private let cursor: CursorStore
    private let limits: ConsumerLimits
    private let logger: Logger
    private let wants: @Sendable (ActivityEntry) -> Bool
    private let handle: Handler

    /// Describes a consumer.
    ///
    /// - Parameters:
    ///   - name: Its name within the service: a letter, then at most 39 letters and underscores.
    ///   - service: The service whose role the database is used as.
    ///   - database: Where the stream and the effects are.
    ///   - start: Where it starts when it runs for the first time.
    ///   - limits: Its bounds.
    ///   - logger: Hears of failures.
    ///   - wants: Which entries are handed to it; the others are passed over.
    ///   - handle: What it does.
    package init(
        _ name: String, of service: ServiceName, database: Database, startingAt start: ConsumerStart = .beginning,
        limits: ConsumerLimits = ConsumerLimits(), logger: Logger,
        wants: @escaping @Sendable (ActivityEntry) -> Bool = { _ in true }, handle: @escaping Handler
    ) {
        cursor = CursorStore(database: database, service: service, consumer: name, start: start, limits: limits)
        self.limits = limits
        var logger = logger
        logger[metadataKey: "consumer"] = "\(name)"
        self.logger = logger
        self.wants = wants
        self.handle = handle
    }

    /// Follows the stream until the process is told to stop; then lets the turn under way finish.
    package func run() async throws {
        let wakeup = Wakeup(interval: limits.pollInterval)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await wakeup.tick() }
                if limits.followsHints {
                    group.addTask { await wakeup.follow(cursor.database.listen(to: [ActivityHint.channel])) }
                }
                await follow(wakeup)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            wakeup.finish()
        }
    }

    private func follow(_ wakeup: Wakeup) async {
        let lease = UUID()
        var held: HeldCursor?
        for await _ in wakeup.signals {
            do {
                while try await turn(&held, lease), !Task.isCancelled {}
            } catch {
                // The position may have moved or not: it is read again with the lease.
                held = nil
                logger.warning("a turn of a consumer failed", metadata: ["error": "\(ErrorSummary.of(error))"])
            }
        }
        if let held { await cursor.release(held) }
    }

    /// One turn: new entries of all workspaces, then the workspaces that are behind.
    ///
    /// Answers whether there is more.
    private func turn(_ held: inout HeldCursor?, _ lease: UUID) async throws -> Bool {
        if held?.isFresh != true { held = try await cursor.acquire(lease) }
        guard var current = held else { return false }
        var isMore = try await advance(&current)
        held = current
        for lag in try await cursor.dueLags() where try await catchUp(lag, current) {
            isMore = true
        }
        return isMore
    }

    private func advance(_ held: inout HeldCursor) async throws -> Bool {
        let entries = try await cursor.window(after: held.position, limit: limits.window)
        guard let last = entries.last else { return false }
        let behind = try await cursor.behind(among: Set(entries.map(\.workspace)))
        let window = StreamWindow(entries.filter { !behind.contains($0.workspace) }, rowsAWorkspace: limits.take)
        do {
            try await commit(window, moving: held, to: last.position)
        } catch  where isFault(of: error) {
            logger.notice("taking workspaces apart", metadata: ["error": "\(ErrorSummary.of(error))"])
            try await cursor.takeApart(window.workspaces, moving: held, to: last.position)
        }
        held.position = last.position
        return true
    }

    private func commit(_ window: StreamWindow, moving held: HeldCursor, to end: StreamPosition) async throws {
        let batches = window.batches(wants)
        let scope = batches.first.map { Scope.workspace($0.workspace) } ?? .none
        try await cursor.database.transaction(in: scope, cursor.options(isDurable: !batches.isEmpty)) { transaction in
            for (index, batch) in batches.enumerated() {
                if index > 0 { try await transaction.reopen(batch.workspace) }
                try await handle(batch, transaction)
            }
            try await cursor.move(held, to: end, leavingBehind: window.overfull, in: transaction)
        }
    }

    /// Takes the next entries of a workspace that is behind.
    ///
    /// Answers whether it has more to take at once.
    private func catchUp(_ lag: CursorLag, _ held: HeldCursor) async throws -> Bool {
        let piece = try await cursor.piece(of: lag, through: held.position, wants: wants)
        let wanted = piece.entries.filter(wants)
        do {
            try await cursor.database.transaction(in: .workspace(lag.workspace), cursor.options(isDurable: true)) {
                if !wanted.isEmpty { try await handle(ActivityBatch(workspace: lag.workspace, entries: wanted), $0) }
                try await cursor.move(lag, to: piece, under: held, in: $0)
            }
            return piece.end != nil
        } catch  where isFault(of: error) {
            try await note(error, at: lag, piece, held)
            return piece.entries.count > 1
        }
    }

    private func note(_ error: any Error, at lag: CursorLag, _ piece: CursorPiece, _ held: HeldCursor) async throws {
        let summary = ErrorSummary.of(error)
        var metadata: Logger.Metadata = ["error": "\(summary)", "workspace.id": "\(lag.workspace)"]
        guard piece.entries.count == 1, let entry = piece.entries.first, lag.failures + 1 >= limits.failures else {
            logger.warning("activity could not be handled", metadata: metadata)
            let failures = piece.entries.count == 1 ? lag.failures + 1 : 0
            let delay = limits.retryDelay * (1 << min(max(failures - 1, 0), 10))
            return try await cursor.retry(lag, failures: failures, after: failures == 0 ? .zero : delay, summary, held)
        }
        metadata["activity.id"] = "\(entry.id)"
        logger.error("activity was parked", metadata: metadata)
        try await cursor.park(entry, lag, failures: lag.failures + 1, summary, held)
    }

    /// Whether an error is the entries' fault, and not that of the database's reach, the lease, or a shutdown.
    private func isFault(of error: any Error) -> Bool {
        if error is CursorLeaseLost || error is CancellationError { return false }
        guard let error = error as? PostgresError else { return true }
        let outside: Set<PostgresError.Code> = [
            .connectionLost, .connectionUnavailable, .queueFull, .closed, .cancelled, .outcomeUnknown,
        ]
        return !outside.contains(error.code)
    }
}

/// Where a consumer starts when it runs for the first time.
package enum ConsumerStart: Sendable {
    /// At the first entry there is.
    case beginning
    /// At what is committed from then on, and at what was committed while an older transaction still ran.
    case now
}

/// The bounds of a consumer.
package struct ConsumerLimits: Sendable {
    /// The most entries of one workspace in a turn, in `1...50`.
    package var take: Int = 50
    /// The most entries of a turn, in `1...5000`.
    package var window: Int = 500
    /// Tries of an entry before it is parked, in `1...100`.
    package var failures: Int = 5
    /// The wait after an entry's first failure; it doubles with each further one.
    package var retryDelay: Duration = .seconds(1)
    /// How long the consumer's place belongs to one process without a sign of life.
    package var lease: Duration = .seconds(30)
    /// How long the effects of a turn may take.
    package var deadline: Duration = .seconds(5)
    /// Whether hints wake it; one whose effects can wait for the next look does far fewer and larger turns without.
    package var followsHints: Bool = true
    /// The longest wait before looking for new entries.
    package var pollInterval: Duration = .seconds(1)

    /// The bounds named at each property.
    package init() {}
}
