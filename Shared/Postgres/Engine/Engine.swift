import Synchronization

/// What callers see of the I/O loop: they hand it requests and wait for the outcome.
final class Engine: Sendable {
    private enum Phase: UInt8, AtomicRepresentable {
        case idle, running, closed
    }

    private let inbox = Inbox()
    private let board = GaugeBoard()
    private let loop: IOLoop
    private let phase = Atomic<Phase>(.idle)

    init(configuration: DatabaseConfiguration, observer: (any DatabaseObserver)?) {
        loop = IOLoop(configuration, observer, inbox, board)
    }

    deinit {
        inbox.push(.stop)
    }

    var gauges: DatabaseGauges { board.gauges }

    func start() {
        let (isFirst, _) = phase.compareExchange(expected: .idle, desired: .running, ordering: .acquiringAndReleasing)
        guard isFirst else { return }
        Thread.start(name: "pg-io") { [loop] in loop.run() }
    }

    func close(drainFor: Duration) async {
        guard phase.exchange(.closed, ordering: .acquiringAndReleasing) != .idle else { return }
        let until = ContinuousClock.now + drainFor
        await Caller<Void>.wait { caller in
            if !inbox.push(.close(until: until, caller)) { caller.answer(()) }
        }
    }

    /// Runs one statement on its lane.
    func run(_ call: Call) async throws(PostgresError) -> ResultBox {
        let request = Request(.statement(call), lane: call.options.lane, deadline: call.deadline)
        return try result(await perform(request))
    }

    /// Runs one statement in a transaction.
    func run(_ call: Call, in lease: Lease) async throws(PostgresError) -> ResultBox {
        try result(await perform(Request(.leased(call, lease), lane: .exclusive, deadline: lease.deadline)))
    }

    /// Waits for a connection of one's own.
    func acquire(_ prelude: TransactionPrelude, deadline: Duration) async throws(PostgresError) -> Lease {
        let request = Request(.acquire(prelude), lane: .exclusive, deadline: .now + deadline)
        switch await perform(request) {
        case .lease(let lease): return lease
        case .failure(let error): throw error
        case .result, .done: throw Self.misanswered
        }
    }

    /// Commits.
    ///
    /// Not cancelled once COMMIT is sent.
    func commit(_ lease: Lease) async throws(PostgresError) {
        if Task.isCancelled {
            await rollback(lease)
            throw PostgresError(.cancelled, .failed, "the task was cancelled before COMMIT")
        }
        let request = Request(.commit(lease), lane: .exclusive, deadline: lease.deadline)
        if case .failure(let error) = await performShielded(request) { throw error }
    }

    func rollback(_ lease: Lease) async {
        _ = await performShielded(Request(.rollback(lease), lane: .exclusive, deadline: lease.deadline))
    }

    /// Runs a step of a COPY that answers with no rows.
    func step(_ work: Request.Work, in lease: Lease) async throws(PostgresError) -> ResultBox? {
        switch await performShielded(Request(work, lane: .exclusive, deadline: lease.deadline)) {
        case .result(let box): return box
        case .failure(let error): throw error
        case .lease, .done: return nil
        }
    }

    func listen(to channels: [String]) -> AsyncStream<Database.Notification> {
        let mailbox = NotificationMailbox(channels: channels)
        if !inbox.push(.listen(mailbox)) { mailbox.close() }
        return AsyncStream {
            await mailbox.next()
        } onCancel: {
            mailbox.close()
        }
    }

    func hint(channel: String, payload: String) {
        if !loop.hintAtOnce(channel: channel, payload: payload) {
            inbox.push(.hint(channel: channel, payload: payload))
        }
    }

    private func result(_ outcome: Request.Outcome) throws(PostgresError) -> ResultBox {
        switch outcome {
        case .result(let box): return box
        case .failure(let error): throw error
        case .lease, .done: throw Self.misanswered
        }
    }

    private func perform(_ request: Request) async -> Request.Outcome {
        await withTaskCancellationHandler {
            await performShielded(request)
        } onCancel: {
            request.isCancelled.store(true, ordering: .relaxed)
            inbox.push(.cancel(request))
        }
    }

    private func performShielded(_ request: Request) async -> Request.Outcome {
        guard phase.load(ordering: .relaxed) != .idle else {
            return .failure(PostgresError(.closed, .notExecuted, "the database was not started"))
        }
        return await Caller<Request.Outcome>.wait { caller in
            request.caller = caller
            guard !loop.submitAtOnce(request), !inbox.push(.submit(request)) else { return }
            caller.answer(.failure(PostgresError(.closed, .notExecuted, "the database is closed")))
        }
    }

    private static let misanswered = PostgresError(.closed, .unknown, "an answer to another question")
}
