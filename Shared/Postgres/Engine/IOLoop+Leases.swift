extension IOLoop {
    /// Takes a request of a transaction: one runs at a time, in order.
    func submit(_ request: Request, in lease: Lease) {
        guard let connection = lease.connection, lease.end == nil else { return refuse(request, lease) }
        if lease.running == nil, !connection.isCancelling, lease.pending.isEmpty {
            start(request, in: lease, on: connection)
        } else {
            lease.pending.append(request)
        }
    }

    /// Goes on with a transaction whose connection is free.
    func proceed(_ lease: Lease) {
        guard let connection = lease.connection, lease.running == nil, !connection.isCancelling else { return }
        if lease.end != nil { return abandon(lease, on: connection) }
        while let request = lease.pending.removeFirst() {
            guard !request.isFinished else { continue }
            return start(request, in: lease, on: connection)
        }
    }

    private func refuse(_ request: Request, _ lease: Lease) {
        if case .rollback = request.work { return complete(request, .done) }
        let end = lease.end ?? PostgresError(.closed, .notExecuted, "the transaction has ended")
        complete(request, .failure(end))
    }

    private func start(_ request: Request, in lease: Lease, on connection: Connection) {
        lease.running = request
        request.connection = connection
        switch request.work {
        case .commit:
            finishTransaction(request, lease, connection, with: lease.doom == nil ? commit : rollback)
        case .rollback:
            if connection.copy != nil { return lose(connection, "a COPY was given up") }
            finishTransaction(request, lease, connection, with: rollback)
        case .leased, .begin, .copyStart, .copyData, .copyEnd:
            if let doom = lease.doom {
                lease.running = nil
                complete(request, .failure(doom))
                return proceed(lease)
            }
            sent(request, send(request, lease, connection), on: connection)
        case .statement, .acquire, .chore:
            break
        }
    }

    private func send(_ request: Request, _ lease: Lease, _ connection: Connection) -> Bool {
        switch request.work {
        case .leased(let call, _):
            let describes = call.options.forJSON && call.statement.columns == nil
            return connection.send(call, for: request, in: lease, describeOnly: describes)
        case .begin:
            return connection.send(nil, for: request, in: lease)
        case .copyStart(let text, _):
            return connection.startCopy(text, for: request)
        case .copyData(let bytes, _):
            return connection.sendCopy(bytes, for: request)
        case .copyEnd(let failure, _):
            return connection.endCopy(failure: failure, for: request)
        case .statement, .acquire, .commit, .rollback, .chore:
            return true
        }
    }

    private func finishTransaction(_ request: Request, _ lease: Lease, _ connection: Connection, with end: Statement) {
        if lease.isBeginSent { return sent(request, connection.sendEnd(end, for: request), on: connection) }
        complete(request, lease.doom.map(Request.Outcome.failure) ?? .done)
        release(lease, connection)
    }

    /// A request of a transaction was answered.
    func finish(_ request: Request, in lease: Lease, on connection: Connection) {
        lease.running = nil
        if lease.failure == nil { lease.failure = request.error }
        switch request.work {
        case .commit:
            complete(request, outcomeOfCommit(request, lease))
            release(lease, connection)
        case .rollback:
            complete(request, .done)
            release(lease, connection)
        case .leased:
            complete(request, outcome(of: request))
            proceed(lease)
        case .begin, .copyStart, .copyData:
            complete(request, request.error.map(Request.Outcome.failure) ?? .done)
            proceed(lease)
        case .copyEnd:
            complete(
                request,
                request.error.map(Request.Outcome.failure) ?? request.result.map(Request.Outcome.result) ?? .done)
            proceed(lease)
        case .statement, .acquire, .chore:
            break
        }
    }

    /// A COMMIT of a failed transaction answers ROLLBACK with success: what failed is reported.
    private func outcomeOfCommit(_ request: Request, _ lease: Lease) -> Request.Outcome {
        if let error = request.error { return .failure(error) }
        if let doom = lease.doom { return .failure(doom) }
        guard request.result?.commandTag == "COMMIT" else {
            let failure = lease.failure ?? PostgresError(.server, .failed, "the transaction was rolled back")
            return .failure(failure.with(execution: .failed))
        }
        return request.isDoubtful ? .failure(.doubtfulCommit) : .done
    }

    private func release(_ lease: Lease, _ connection: Connection) {
        end(lease, PostgresError(.closed, .notExecuted, "the transaction has ended"))
        lease.connection = nil
        connection.lease = nil
        leases[ObjectIdentifier(lease)] = nil
        endUse(of: connection)
    }

    /// Lets nothing more be done in a transaction.
    func end(_ lease: Lease, _ reason: PostgresError) {
        if lease.end == nil { lease.end = reason }
        for request in lease.pending.removeAll() { refuse(request, lease) }
    }

    /// Rolls back a transaction that nobody will end.
    private func abandon(_ lease: Lease, on connection: Connection) {
        let request = Request(.rollback(lease), lane: .exclusive, deadline: lease.deadline)
        request.isFinished = true
        lease.running = request
        connection.drainDeadline = now + configuration.drainGrace
        note(now + configuration.drainGrace)
        finishTransaction(request, lease, connection, with: rollback)
    }

    /// Ends a transaction whose deadline passed: what can be undone is undone, a COMMIT under way is left alone, its
    /// connection closed.
    func expire(_ lease: Lease) {
        guard let connection = lease.connection, lease.end == nil else { return }
        let error = PostgresError(.deadlineExceeded, .failed, "the transaction's deadline passed")
        lease.doom = error
        end(lease, error)
        guard let running = lease.running else { return proceed(lease) }
        switch running.work {
        case .leased, .begin:
            complete(running, .failure(error))
            cancelOnServer(connection)
        case .rollback:
            connection.drainDeadline = now + configuration.drainGrace
            note(now + configuration.drainGrace)
        case .commit, .copyStart, .copyData, .copyEnd, .statement, .acquire, .chore:
            lose(connection, "no answer until the deadline")
        }
    }
}
