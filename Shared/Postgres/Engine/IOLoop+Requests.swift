import Synchronization

extension IOLoop {
    /// Places a request: on a connection, in the queue, or nowhere.
    func submit(_ request: Request) {
        if request.isCancelled.load(ordering: .relaxed) {
            return fail(request, .cancelled, .notExecuted, "the task was cancelled before the statement was sent")
        }
        note(request.deadline)
        if let lease = request.lease { return submit(request, in: lease) }
        guard closing == nil else { return fail(request, .closed, .notExecuted, "the database is closed") }
        let lane = request.lane.index
        switch lanes[lane].pool.admit(request, now: now) {
        case .run(let slot): start(request, slot)
        case .queued: break
        case .queueFull: fail(request, .queueFull, .notExecuted, "\(configuration.queueLimit) callers wait already")
        case .unavailable: fail(request, .connectionUnavailable, .notExecuted, lanes[lane].refusal)
        }
    }

    /// Gives waiting requests to the connections that have room.
    func pump(_ lane: DatabaseLane) {
        while let (request, slot) = lanes[lane.index].pool.next() { start(request, slot) }
    }

    func start(_ request: Request, _ slot: Int) {
        guard let connection = lanes[request.lane.index].connections[slot] else {
            return failWaiting(request, .connectionUnavailable, "no connection in the slot")
        }
        request.connection = connection
        switch request.work {
        case .statement(let call):
            let describes = request.lane == .exclusive && call.options.forJSON && call.statement.columns == nil
            sent(request, connection.send(call, for: request, describeOnly: describes), on: connection)
        case .acquire(let prelude):
            let lease = Lease(prelude, deadline: request.deadline)
            lease.connection = connection
            connection.lease = lease
            leases[ObjectIdentifier(lease)] = lease
            request.connection = nil
            complete(request, .lease(lease))
        case .leased, .begin, .commit, .rollback, .copyStart, .copyData, .copyEnd, .chore:
            break
        }
    }

    /// Follows up on an attempt to send.
    func sent(_ request: Request, _ isSent: Bool, on connection: Connection) {
        guard isSent else { return lose(connection, connection.session.message, sending: request) }
        flush(connection)
    }

    func flush(_ connection: Connection) {
        let state = connection.session.flush()
        guard state >= 0 else { return lose(connection, connection.session.message) }
        let isFull = state == 1
        if isFull != connection.isFlushing {
            connection.isFlushing = isFull
            epoll.watchWriting(connection.session.descriptor, key: connection.key, isFull)
        }
        guard !isFull, connection.copy != nil else { return }
        var events: [Connection.Event] = []
        connection.copyFlushed(&events)
        for event in events { handle(event, on: connection) }
    }

    /// A unit was answered.
    func finish(_ request: Request, on connection: Connection) {
        if !connection.isCancelling { connection.drainDeadline = nil }
        if case .chore = request.work {
            request.whenAnswered?()
            return
        }
        if request.isDescribing, request.error == nil { return described(request, on: connection) }
        if prepareAnew(request, on: connection) { return }
        request.connection = nil
        if let lease = request.lease { return finish(request, in: lease, on: connection) }
        complete(request, outcome(of: request))
        endUse(of: connection)
    }

    /// What a caller is told of a statement that was answered.
    func outcome(of request: Request) -> Request.Outcome {
        if let error = request.error { return .failure(error) }
        if request.isSingleWrite, request.isDoubtful { return .failure(.doubtfulCommit) }
        guard let box = request.result else {
            return .failure(PostgresError(.server, .unknown, "the server answered the statement with nothing"))
        }
        guard box.rowCount <= configuration.resultRowLimit else {
            let execution: PostgresError.Execution = request.isSingleWrite ? .unknown : .failed
            let message = "\(box.rowCount) rows, of at most \(configuration.resultRowLimit)"
            return .failure(PostgresError(.resultTooLarge, execution, message))
        }
        return .result(box)
    }

    /// The connection may serve another request, once no cancel request is on its way to it any more.
    func endUse(of connection: Connection) {
        guard !connection.isCancelling else { return }
        connection.drainDeadline = nil
        lanes[connection.lane.index].pool.release(connection.slot)
        pump(connection.lane)
    }

    /// The columns of a statement are known: run it, or refuse it before it ran.
    private func described(_ request: Request, on connection: Connection) {
        request.isDescribing = false
        guard let call = request.call else { return }
        if case .failure(let error)? = call.statement.columns?.json {
            request.error = PostgresError(
                .decoding, .notExecuted, "writing JSON: \(error.decodingError)", underlying: error.decodingError)
        }
        if request.isFinished || request.error != nil || request.lease?.doom != nil {
            return finish(request, on: connection)
        }
        if let lease = request.lease {
            sent(request, connection.send(call, for: request, in: lease), on: connection)
        } else {
            sent(request, connection.send(call, for: request), on: connection)
        }
    }

    /// Names or plans that the server no longer has (26000, 0A000) are forgotten, and a statement of its own runs once
    /// more: its transaction was undone, so it was not executed.
    ///
    /// Within a transaction the error stands.
    private func prepareAnew(_ request: Request, on connection: Connection) -> Bool {
        guard request.usedName, let state = request.error?.sqlState, state == "26000" || state == "0A000" else {
            return false
        }
        if state == "26000" {
            connection.prepared.forgetAll()
        } else if let call = request.call {
            connection.prepared.evict(call.statement.id)
        }
        guard case .statement(let call) = request.work, !request.isPreparedAnew, !request.isFinished else {
            return false
        }
        request.reset()
        request.isPreparedAnew = true
        sent(request, connection.send(call, for: request), on: connection)
        return true
    }

    func failWaiting(_ request: Request, _ code: PostgresError.Code, _ message: String) {
        // A read that lost its connection once and found no other.
        if request.isReplayed { return fail(request, .connectionLost, .failed, message) }
        fail(request, code, .notExecuted, message)
    }

    /// Remembers when to look at deadlines next.
    func note(_ deadline: ContinuousClock.Instant) {
        if deadline < nextCheck ?? deadline + .seconds(1) { nextCheck = deadline }
    }
}

extension PostgresError {
    static let doubtfulCommit = PostgresError(
        .outcomeUnknown, .unknown, "the server warned that the commit may not be safe on its standby")
}
