import Synchronization

/// The I/O thread: all connections, what waits for them, and every decision about them.
///
/// @unchecked Sendable: it is made before its thread starts, and every `var` is touched on that thread only; other
/// threads speak to it through the inbox and read the gauges, which are atomics.
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

    var epoll = Epoll()
    var lanes: [LaneState]
    var leases: [ObjectIdentifier: Lease] = [:]
    var now = ContinuousClock.now
    /// No deadline of anything under way lies before this.
    var nextCheck: ContinuousClock.Instant?
    var closing: Closing?
    var hints: HintState
    private var answers: [(caller: Caller<Request.Outcome>, outcome: Request.Outcome)] = []
    private var connectionCount: UInt64 = 0
    private var isStopped = false
    private var random = SystemRandomNumberGenerator()

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
        var ready: [Epoll.Readiness] = []
        var batch: [Command] = []
        var events: [Connection.Event] = []
        while !isStopped {
            now = ContinuousClock.now
            for readiness in ready where readiness.key != Self.inboxKey { handle(readiness, &events) }
            inbox.take(&batch)
            for command in batch { handle(command) }
            handleTimers()
            // Before the answers, so that whoever was answered sees the gauges of that moment.
            gauges.publish(lanes)
            answerCallers()
            guard !isStopped else { break }
            let timeout = inbox.prepareSleep() ? millisecondsToSleep() : 0
            epoll.wait(milliseconds: timeout, &ready)
            inbox.awake()
        }
        end()
    }

    // MARK: Answers

    /// Answers the caller; what still arrives for the request is discarded.
    func complete(_ request: Request, _ outcome: Request.Outcome) {
        guard !request.isFinished else { return }
        request.isFinished = true
        guard let caller = request.caller else { return }
        request.caller = nil
        answers.append((caller, outcome))
    }

    func fail(_ request: Request, _ code: PostgresError.Code, _ execution: PostgresError.Execution, _ message: String) {
        complete(request, .failure(PostgresError(code, execution, message)))
    }

    private func answerCallers() {
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

    // MARK: Connecting

    func connectWhereDue() {
        guard closing == nil else { return }
        for lane in DatabaseLane.allCases {
            for slot in lanes[lane.index].pool.connectsDue(now: now) { connect(lane, slot) }
        }
    }

    private func connect(_ lane: DatabaseLane, _ slot: Int) {
        let connector = Connector(configuration: configuration)
        let inbox = inbox
        connectThreads.run {
            switch connector.connect(lane) {
            case .connected(let session): inbox.push(.connected(lane, slot: slot, session))
            case .refused(let message): inbox.push(.refused(lane, slot: slot, message))
            }
        }
    }

    private func adopt(_ session: Session, _ lane: DatabaseLane, _ slot: Int) {
        guard closing == nil else { return }
        connectionCount += 1
        let connection = Connection(
            session, id: connectionCount, lane: lane, slot: slot, configuration: configuration)
        lanes[lane.index].connections[slot] = connection
        lanes[lane.index].pool.connected(slot)
        epoll.add(session.descriptor, key: connection.key)
        observer?.connectionChanged(ConnectionChange(lane: lane, kind: .opened, message: ""))
        if lane == .hint { listenAgain(on: connection) }
        pump(lane)
    }

    private func refuse(_ lane: DatabaseLane, _ slot: Int, _ message: String) {
        lanes[lane.index].refusal = message
        disconnected(lane, slot)
        observer?.connectionChanged(ConnectionChange(lane: lane, kind: .refused, message: message))
        guard let since = lanes[lane.index].pool.downSince, now - since > configuration.outageGrace else { return }
        for request in lanes[lane.index].pool.removeWaiting(where: { _ in true }) {
            failWaiting(request, .connectionUnavailable, message)
        }
    }

    func disconnected(_ lane: DatabaseLane, _ slot: Int) {
        let jitter = Double.random(in: 0...1, using: &random)
        lanes[lane.index].pool.disconnected(slot, now: now, jitter: jitter)
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
        answerCallers()
        gauges.publish(lanes)
        connectThreads.stop()
        cancelThreads.stop()
        closing?.resume()
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
