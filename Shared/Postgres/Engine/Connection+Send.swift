extension Connection {
    /// Sends a statement with its settings and a Sync: one unit, one implicit transaction.
    ///
    /// False when the connection broke.
    func send(_ call: Call, for request: Request, describeOnly: Bool = false) -> Bool {
        guard evictNames() else { return false }
        if !describeOnly {
            guard sendSettings(call.scope, request) else { return false }
        }
        return sendCall(call, request, describeOnly: describeOnly) && sendSync(request)
    }

    /// Sends a statement of a transaction, the first one behind BEGIN and the settings.
    func send(_ call: Call?, for request: Request, in lease: Lease, describeOnly: Bool = false) -> Bool {
        if !lease.isBeginSent {
            guard evictNames(), sendNamed(lease.prelude.begin, .empty, .begin, request),
                sendSettings(lease.prelude.scope, request)
            else { return false }
            lease.isBeginSent = true
        }
        if let call {
            guard sendCall(call, request, describeOnly: describeOnly) else { return false }
        }
        return sendSync(request)
    }

    /// Sends COMMIT or ROLLBACK.
    ///
    /// Every statement before it had its own Sync, so an error of one does not skip it.
    func sendEnd(_ statement: Statement, for request: Request) -> Bool {
        sendNamed(statement, .empty, .end, request) && sendSync(request)
    }

    /// Sends statements of the driver's own in one unit.
    func send(_ chores: [Request.Chore], for request: Request) -> Bool {
        for chore in chores {
            guard session.execute(chore.text, types: nil, chore.parameters) else { return false }
            steps.append(Step(kind: .chore, request: request, statement: nil))
        }
        return sendSync(request)
    }

    private func sendSettings(_ scope: PreparedScope, _ request: Request) -> Bool {
        scope.count == 0 || sendNamed(scope.statement, scope.parameters, .setting, request)
    }

    private func sendCall(_ call: Call, _ request: Request, describeOnly: Bool) -> Bool {
        guard describeOnly else { return sendNamed(call.statement, call.parameters, .statement, request) }
        request.isDescribing = true
        guard usesNames, case .unknown = prepared.standing(of: call.statement.id) else {
            return prepareUnnamed(call.statement, request)
        }
        let name = prepared.begin(call.statement.id)
        guard session.prepare(name, call.statement) else { return false }
        steps.append(Step(kind: .prepare, request: request, statement: call.statement))
        guard session.describe(name) else { return false }
        steps.append(Step(kind: .describe, request: request, statement: call.statement))
        return true
    }

    private func prepareUnnamed(_ statement: Statement, _ request: Request) -> Bool {
        guard session.prepare("", statement) else { return false }
        steps.append(Step(kind: .chore, request: request, statement: nil))
        guard session.describe("") else { return false }
        steps.append(Step(kind: .describe, request: request, statement: statement))
        return true
    }

    /// Runs a statement under its name, or gives it one.
    ///
    /// While another unit's Parse of it is under way it goes unnamed, since that Parse may yet be skipped.
    private func sendNamed(
        _ statement: Statement, _ parameters: ParameterBlock, _ kind: Step.Kind, _ request: Request
    ) -> Bool {
        let sent: Bool
        switch usesNames ? prepared.standing(of: statement.id) : .pending {
        case .ready(let name):
            request.usedName = true
            sent = session.execute(name, parameters)
        case .unknown:
            let name = prepared.begin(statement.id)
            guard session.prepare(name, statement) else { return false }
            steps.append(Step(kind: .prepare, request: request, statement: statement))
            sent = session.execute(name, parameters)
        case .pending:
            sent = session.execute(statement.cText, types: statement.types, parameters)
        }
        if sent { steps.append(Step(kind: kind, request: request, statement: statement)) }
        return sent
    }

    private func sendSync(_ request: Request) -> Bool {
        guard session.sync() else { return false }
        steps.append(Step(kind: .sync, request: request, statement: nil))
        return true
    }

    /// Deallocates names that fell out of the cache, in a unit of its own before the next one.
    private func evictNames() -> Bool {
        guard !prepared.evicted.isEmpty else { return true }
        let chores = prepared.takeEvicted().map { name in
            Request.Chore(text: "DEALLOCATE \(name)".utf8.map { CChar(bitPattern: $0) } + [0], parameters: .empty)
        }
        let request = Request(.chore(chores), lane: lane, deadline: .now + .seconds(60))
        request.isFinished = true
        return send(chores, for: request)
    }
}
