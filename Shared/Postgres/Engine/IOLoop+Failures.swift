extension IOLoop {
    // MARK: Cancelling

    /// A calling task was cancelled.
    func cancel(_ request: Request) {
        guard !request.isFinished, request.caller != nil else { return }
        guard let connection = request.connection else {
            let lane = request.lane.index
            _ = lanes[lane].pool.removeWaiting { $0 === request }
            return failWaiting(request, .cancelled, "the task was cancelled before the statement was sent")
        }
        let message = "the task was cancelled while the statement was under way"
        switch request.work {
        case .statement where request.isSingleWrite:
            // Its Sync commits, and was sent with it: a cancel request now could make a false success.
            fail(request, .cancelled, request.isDescribing ? .notExecuted : .unknown, message)
        case .statement:
            fail(request, .cancelled, .failed, message)
            if request.lane == .scan { cancelOnServer(connection) }
        case .leased(_, let lease), .begin(let lease):
            let error = PostgresError(.cancelled, .failed, message)
            lease.doom = error
            complete(request, .failure(error))
            cancelOnServer(connection)
        case .copyStart, .copyData, .copyEnd, .commit, .rollback, .acquire, .chore:
            break
        }
    }

    /// Asks the server to stop what runs on a connection that nobody shares.
    ///
    /// The connection takes nothing new until the request has returned and the results are drained, so that the request
    /// cannot meet the next statement.
    func cancelOnServer(_ connection: Connection) {
        guard !connection.isCancelling, let handle = connection.session.cancelHandle() else { return }
        connection.isCancelling = true
        connection.drainDeadline = now + configuration.drainGrace
        note(now + configuration.drainGrace)
        let (lane, slot, id, inbox) = (connection.lane, connection.slot, connection.id, inbox)
        cancelThreads.run {
            handle.send()
            inbox.push(.cancelReturned(lane, slot: slot, id: id))
        }
    }

    func cancelReturned(_ lane: DatabaseLane, _ slot: Int, _ id: UInt64) {
        guard let connection = lanes[lane.index].connections[slot], connection.id == id else { return }
        connection.isCancelling = false
        if let lease = connection.lease {
            proceed(lease)
        } else if connection.isIdle {
            endUse(of: connection)
        }
    }

    // MARK: Losing connections

    /// A connection broke or is given up: reads go to another one once, everything else fails with what is known of it.
    ///
    /// - Parameters:
    ///   - connection: The connection; nothing is done if it was lost before.
    ///   - message: Why, for the errors.
    ///   - sending: A request that could not be sent whole, and so is not among those under way.
    ///   - isClosing: Whether the database is being closed.
    func lose(_ connection: Connection, _ message: String, sending: Request? = nil, isClosing: Bool = false) {
        let lane = connection.lane
        guard lanes[lane.index].connections[connection.slot] === connection else { return }
        epoll.remove(connection.session.descriptor)
        lanes[lane.index].connections[connection.slot] = nil
        disconnected(lane, connection.slot)
        note(now)
        if let lease = connection.lease {
            leases[ObjectIdentifier(lease)] = nil
            lease.connection = nil
            end(lease, PostgresError(isClosing ? .closed : .connectionLost, .failed, message))
        }
        var lost = connection.abandonRequests()
        if let sending, !lost.contains(where: { $0 === sending }) { lost.append(sending) }
        for request in lost.reversed() where !request.isFinished {
            request.connection = nil
            fail(lost: request, message, isClosing: isClosing)
        }
        if let running = connection.lease?.running, !running.isFinished {
            fail(lost: running, message, isClosing: isClosing)
        }
        connection.lease = nil
        observer?.connectionChanged(ConnectionChange(lane: lane, kind: .lost, message: message))
        if lane == .hint { hints.isSending = false }
        if !isClosing { pump(lane) }
    }

    private func fail(lost request: Request, _ message: String, isClosing: Bool) {
        let code: PostgresError.Code = isClosing ? .closed : .connectionLost
        switch request.work {
        case .statement where request.isRead:
            guard !request.isReplayed, !isClosing, closing == nil else { return fail(request, code, .failed, message) }
            request.reset()
            request.isReplayed = true
            lanes[request.lane.index].pool.readmit(request)
        case .statement, .commit:
            if request.isDescribing { return fail(request, code, .notExecuted, message) }
            if let error = request.error, !request.isAnswered { return complete(request, .failure(error)) }
            fail(request, .outcomeUnknown, .unknown, message)
        case .rollback:
            complete(request, .done)
        case .leased, .begin, .copyStart, .copyData, .copyEnd, .acquire:
            fail(request, code, .failed, message)
        case .chore:
            break
        }
    }

    /// A unit that was answered on a connection given up in the same moment.
    func finishLate(_ request: Request) {
        request.connection = nil
        switch request.work {
        case .statement, .leased:
            if request.isDescribing { return fail(request, .connectionLost, .notExecuted, "the connection broke") }
            complete(request, outcome(of: request))
        case .commit, .rollback, .begin, .copyStart, .copyData, .copyEnd, .acquire, .chore:
            break
        }
    }

    /// A result passed its limit of bytes: closing its connection is the one way to stop it without holding it.
    func stopLargeResult(_ request: Request, on connection: Connection) {
        let message = "more than \(configuration.resultByteLimit) bytes in one result"
        let execution: PostgresError.Execution = request.isSingleWrite ? .unknown : .failed
        fail(request, .resultTooLarge, execution, message)
        lose(connection, message)
    }

    // MARK: Time

    func handleTimers() {
        connectWhereDue()
        if let nextCheck, nextCheck <= now { checkDeadlines() }
        sendHints()
        guard let closing else { return }
        if closing.until <= now || isDrained { stop() }
    }

    private var isDrained: Bool {
        leases.isEmpty && lanes.allSatisfy { $0.pool.waiting == 0 && $0.pool.busyCount == 0 }
    }

    private func checkDeadlines() {
        nextCheck = nil
        for lane in lanes.indices {
            for request in lanes[lane].pool.removeWaiting(where: { $0.deadline <= now }) { expireWaiting(request) }
            lanes[lane].pool.forEachWaiting { note($0.deadline) }
            for connection in lanes[lane].connections.compactMap({ $0 }) { checkDeadlines(of: connection) }
        }
        for lease in Array(leases.values) {
            if lease.deadline <= now { expire(lease) } else { note(lease.deadline) }
        }
    }

    private func expireWaiting(_ request: Request) {
        let lane = lanes[request.lane.index]
        if lane.pool.openCount == 0 {
            failWaiting(request, .connectionUnavailable, lane.refusal)
        } else {
            failWaiting(request, .deadlineExceeded, "the deadline passed in the queue")
        }
    }

    private func checkDeadlines(of connection: Connection) {
        if let drainDeadline = connection.drainDeadline {
            guard drainDeadline > now else { return lose(connection, "no answer in time") }
            note(drainDeadline)
        }
        for request in connection.requests where !request.isFinished && request.lease == nil {
            if request.deadline <= now { expire(request, on: connection) } else { note(request.deadline) }
        }
    }

    private func expire(_ request: Request, on connection: Connection) {
        let message = "the deadline passed while the statement was under way"
        if request.isSingleWrite, !request.isDescribing {
            fail(request, .outcomeUnknown, .unknown, message)
            return lose(connection, message)
        }
        fail(request, .deadlineExceeded, request.isDescribing ? .notExecuted : .failed, message)
        if request.lane == .scan { return cancelOnServer(connection) }
        // The server should have stopped it long ago. No sign of life for a while more means a dead connection.
        if connection.drainDeadline == nil { connection.drainDeadline = now + configuration.drainGrace }
        note(connection.drainDeadline ?? now)
    }

    /// When something is due next, `nil` for never.
    var nextDue: ContinuousClock.Instant? {
        var next = nextCheck
        func consider(_ instant: ContinuousClock.Instant?) {
            if let instant, instant < next ?? instant + .seconds(1) { next = instant }
        }
        if closing == nil {
            for index in lanes.indices { consider(lanes[index].pool.nextConnect) }
        }
        consider(hintsDue)
        consider(closing?.until)
        return next
    }
}
