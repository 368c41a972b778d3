import Synchronization

/// All connections, what waits for them, and every decision about them: the work of the I/O thread, and of callers that
/// find it idle.
///
/// The I/O thread waits for answers and for time. A caller sends its own statement when nobody else is at work, since
/// to wake a thread for it costs more than sending it; otherwise it leaves the statement in the inbox.
///
/// @unchecked Sendable: every `var` is touched only by who holds `turn`, on whichever thread; what others may touch
/// without it (the inbox, the gauges, the epoll's descriptor) is safe for all threads by itself.
final class IOLoop: @unchecked Sendable {
    struct LaneState {
        var pool: LanePool<Request>
        var connections: [Connection?]
        /// Why the last attempt to connect failed.
        var refusal = "not connected yet"
    }

    /// The key of the inbox among the descriptors.
    private static let inboxKey = UInt64.max

    let configuration: DatabaseConfiguration
    let observer: (any DatabaseObserver)?
    let inbox: Inbox
    let gauges: GaugeBoard
    let connectThreads = BlockingThreads(count: 2)
    let cancelThreads = BlockingThreads(count: 1)
    let commit: Statement
    let rollback: Statement

    /// Held by who works with the state; nobody waits while holding it, and no caller is answered from within it.
    private let turn = Mutex(())
    let epoll = Epoll()
    var lanes: [LaneState]
    var leases: [ObjectIdentifier: Lease] = [:]
    var now = ContinuousClock.now
    /// No deadline of anything under way lies before this.
    var nextCheck: ContinuousClock.Instant?
    var closing: Closing?
    var hints: HintState
    private var answers: [Answer] = []
    var connectionCount: UInt64 = 0
    private var isStopped = false
    /// When the I/O thread wakes by itself, `nil` for never.
    private var wakesAt: ContinuousClock.Instant?
    var random = SystemRandomNumberGenerator()

    init(
        _ configuration: DatabaseConfiguration, _ observer: (any DatabaseObserver)?, _ inbox: Inbox,
        _ gauges: GaugeBoard
    ) {
        self.configuration = configuration
        self.observer = observer
        self.inbox = inbox
        self.gauges = gauges
        hints = HintState(interval: configuration.hintInterval)
        // Ids below those of the settings' statements and above any that a registry gives.
        commit = Statement(id: .max - 100, text: "COMMIT", types: [])
        rollback = Statement(id: .max - 101, text: "ROLLBACK", types: [])
        let start = ContinuousClock.now
        lanes = DatabaseLane.allCases.map { lane in
            let pool = LanePool<Request>(limits: configuration.limits(of: lane), now: start)
            return LaneState(pool: pool, connections: Array(repeating: nil, count: pool.slots.count))
        }
    }

    /// Works until it is told to stop.
    ///
    /// Blocks its thread.
    func run() {
        epoll.add(inbox.descriptor, key: Self.inboxKey, edgeTriggered: true)
        connectThreads.start(name: "pg-connect")
        cancelThreads.start(name: "pg-cancel")
        var work = Work()
        while true {
            let timeout = turn.withLock { _ in takeTurn(&work) }
            answerCallers(&work.answers)
            guard let timeout else { break }
            epoll.wait(milliseconds: timeout, &work.buffer, &work.ready)
            inbox.awake()
        }
        turn.withLock { _ in
            end()
            swap(&answers, &work.answers)
        }
        answerCallers(&work.answers)
        closing?.resume()
    }

    /// What the I/O thread carries from one turn to the next.
    private struct Work {
        var buffer = Epoll.Buffer()
        var ready: [Epoll.Readiness] = []
        var batch: [Command] = []
        var events: [Connection.Event] = []
        var answers: [Answer] = []
    }

    /// Does all there is to do; then how long to sleep, in milliseconds, and `nil` when it was told to stop.
    private func takeTurn(_ work: inout Work) -> Int32? {
        now = ContinuousClock.now
        for readiness in work.ready where readiness.key != Self.inboxKey { handle(readiness, &work.events) }
        inbox.take(&work.batch)
        for command in work.batch { handle(command) }
        handleTimers()
        // Before the answers, so that whoever was answered sees the gauges of that moment.
        gauges.publish(lanes)
        swap(&answers, &work.answers)
        guard !isStopped else { return nil }
        guard inbox.prepareSleep() else { return 0 }
        wakesAt = nextDue
        guard let wakesAt else { return -1 }
        return Int32(clamping: max(0, (wakesAt - ContinuousClock.now).milliseconds))
    }

    /// Places a request on the calling thread; false when another thread is at work, or nothing is taken any more.
    func submitAtOnce(_ request: Request) -> Bool {
        takeTurn { submit(request) }
    }

    /// Notes a hint on the calling thread, and sends it when it may go; false when another thread is at work.
    func hintAtOnce(channel: String, payload: String) -> Bool {
        takeTurn {
            hints.add(channel: channel, payload: payload)
            sendHints()
        }
    }

    private func takeTurn(_ work: () -> Void) -> Bool {
        var given: [Answer] = []
        let isDone = turn.withLockIfAvailable { _ in
            guard !isStopped else { return false }
            now = ContinuousClock.now
            work()
            gauges.publish(lanes)
            if !answers.isEmpty { swap(&answers, &given) }
            // The I/O thread sleeps by what was due before: it must not sleep past what is due now.
            if let due = nextDue, due < wakesAt ?? due + .seconds(1) { inbox.wakeIfAsleep() }
            return true
        }
        answerCallers(&given)
        return isDone ?? false
    }

    // MARK: Answers

    private struct Answer {
        let caller: Caller<Request.Outcome>
        let outcome: Request.Outcome
    }

    /// Answers the caller; what still arrives for the request is discarded.
    func complete(_ request: Request, _ outcome: Request.Outcome) {
        guard !request.isFinished else { return }
        request.isFinished = true
        guard let caller = request.caller else { return }
        request.caller = nil
        answers.append(Answer(caller: caller, outcome: outcome))
    }

    func fail(_ request: Request, _ code: PostgresError.Code, _ execution: PostgresError.Execution, _ message: String) {
        complete(request, .failure(PostgresError(code, execution, message)))
    }

    private func answerCallers(_ answers: inout [Answer]) {
        guard !answers.isEmpty else { return }
        for answer in answers { answer.caller.answer(answer.outcome) }
        answers.removeAll(keepingCapacity: true)
    }

    // MARK: Events

    private func handle(_ readiness: Epoll.Readiness, _ events: inout [Connection.Event]) {
        let lane = Int(readiness.key >> 16)
        let slot = Int(readiness.key & 0xffff)
        guard let connection = lanes[lane].connections[slot] else { return }
        events.removeAll(keepingCapacity: true)
        if readiness.isReadable { connection.receive(&events) }
        for event in events { handle(event, on: connection) }
        if connection.lane == .hint { deliverNotifications(from: connection) }
        guard lanes[lane].connections[slot] === connection, connection.isFlushing || readiness.isWritable else {
            return
        }
        flush(connection)
    }

    func handle(_ event: Connection.Event, on connection: Connection) {
        guard lanes[connection.lane.index].connections[connection.slot] === connection else {
            // The connection was given up meanwhile; what had been answered on it still counts.
            if case .finished(let request) = event, !request.isFinished { finishLate(request) }
            return
        }
        switch event {
        case .finished(let request): finish(request, on: connection)
        case .tooLarge(let request): stopLargeResult(request, on: connection)
        case .broken(let message): lose(connection, message)
        }
    }

    private func handle(_ command: Command) {
        switch command {
        case .submit(let request): submit(request)
        case .cancel(let request): cancel(request)
        case .connected(let lane, let slot, let session): adopt(session, lane, slot)
        case .refused(let lane, let slot, let message): refuse(lane, slot, message)
        case .cancelReturned(let lane, let slot, let id): cancelReturned(lane, slot, id)
        case .listen(let mailbox): listen(mailbox)
        case .hint(let channel, let payload): hints.add(channel: channel, payload: payload)
        case .close(let until, let caller): close(until: until, caller)
        case .stop: isStopped = true
        }
    }

    // MARK: The end

    private func end() {
        for lane in lanes.indices {
            for request in lanes[lane].pool.removeWaiting(where: { _ in true }) {
                failWaiting(request, .closed, "the database is closed")
            }
            for connection in lanes[lane].connections.compactMap({ $0 }) {
                lose(connection, "the database is closed", isClosing: true)
            }
        }
        for command in inbox.close() {
            if case .submit(let request) = command { fail(request, .closed, .notExecuted, "the database is closed") }
            if case .close(_, let caller) = command { caller.answer(()) }
        }
        hints.closeMailboxes()
        gauges.publish(lanes)
        cancelThreads.stop()
        connectThreads.stopAndWait(atMost: configuration.connectTimeout + .seconds(1))
    }

    func stop() {
        isStopped = true
    }
}

extension DatabaseLane {
    /// The lane's place in the I/O thread's list.
    var index: Int {
        switch self {
        case .point: 0
        case .scan: 1
        case .exclusive: 2
        case .hint: 3
        }
    }
}

extension Connection {
    /// The key under which its descriptor is watched.
    var key: UInt64 { UInt64(lane.index) << 16 | UInt64(slot) }
}

extension DatabaseConfiguration {
    func limits(of lane: DatabaseLane) -> LanePool<Request>.Limits {
        let (connections, depth) =
            switch lane {
            case .point: (pointConnections, pipelineDepth)
            case .scan: (scanConnections, 1)
            case .exclusive: (exclusiveConnections, 1)
            case .hint: (hintConnection ? 1 : 0, 1)
            }
        return LanePool.Limits(
            connections: connections, depth: max(1, depth), queue: queueLimit, reconnectDelay: reconnectDelay,
            reconnectDelayLimit: reconnectDelayLimit, outageGrace: outageGrace)
    }
}
