/// One connection of a lane with what is under way on it.
///
/// Touched only in a turn of the I/O loop.
final class Connection {
    /// What the server's next answer belongs to.
    struct Step {
        enum Kind {
            case prepare, describe, setting, begin, statement, chore, end, sync

            var keepsResult: Bool { self == .statement || self == .end || self == .describe }
        }

        let kind: Kind
        let request: Request
        let statement: Statement?
    }

    /// What happened on a connection while it was read.
    enum Event {
        case finished(Request)
        case tooLarge(Request)
        case broken(String)
    }

    let id: UInt64
    let lane: DatabaseLane
    let slot: Int
    let session: Session
    var prepared: PreparedCache
    var steps = Ring<Step>()
    var lease: Lease?
    /// The conversation of a COPY, `nil` in pipeline mode.
    var copy: CopyState?
    /// A cancel request is on its way; the connection takes nothing new until it returned.
    var isCancelling = false
    /// When to give the connection up if it is still not drained.
    var drainDeadline: ContinuousClock.Instant?
    /// libpq holds bytes that the socket did not take.
    var isFlushing = false
    let usesNames: Bool
    private var bytesReceived = 0
    private let resultByteLimit: Int

    init(
        _ session: Session, id: UInt64, lane: DatabaseLane, slot: Int, configuration: DatabaseConfiguration
    ) {
        self.id = id
        self.session = session
        self.lane = lane
        self.slot = slot
        usesNames = configuration.prepared
        prepared = PreparedCache(limit: configuration.statementCacheLimit)
        resultByteLimit = configuration.resultByteLimit
    }

    /// The requests under way, oldest first.
    var requests: [Request] {
        var requests: [Request] = []
        for offset in 0..<steps.count {
            guard let step = steps[offset], step.kind == .sync else { continue }
            requests.append(step.request)
        }
        if let request = copy?.request { requests.append(request) }
        return requests
    }

    /// Lets go of all requests, oldest first, so that nothing keeps the connection alive when it is given up.
    func abandonRequests() -> [Request] {
        let abandoned = requests
        for request in abandoned { request.connection = nil }
        _ = steps.removeAll()
        copy = nil
        return abandoned
    }

    var isIdle: Bool { steps.isEmpty && copy == nil }

    /// Reads what has arrived and tells what it means.
    ///
    /// Stops at the first break.
    func receive(_ events: inout [Event]) {
        let waiting = session.bytesWaiting
        guard session.consume() else {
            drain(&events)
            return events.append(.broken(session.message))
        }
        // libpq reads 16 KiB at a time unless one row is larger, so the rest is asked for only after a full read.
        let left = waiting > 16_384 ? session.bytesWaiting : 0
        bytesReceived += waiting > 16_384 ? max(16_384, waiting - left) : waiting
        guard copy == nil else { return receiveCopy(&events) }
        drain(&events)
        if session.isBroken {
            events.append(.broken(session.message))
        } else if bytesReceived > resultByteLimit, let head = steps.first?.request {
            events.append(.tooLarge(head))
        }
    }

    private func drain(_ events: inout [Event]) {
        while let step = steps.first, !session.isBusy {
            switch session.next(keeps: step.kind.keepsResult) {
            case .end:
                if step.kind == .sync {
                    // After an error at the commit libpq ends the results before it tells of the Sync.
                    if session.isBroken { return }
                } else {
                    steps.removeFirst()
                }
            case .sync:
                steps.removeFirst()
                finish(step.request, &events)
            case .rows(let box):
                take(box, step)
            case .discarded:
                if step.kind == .prepare, let statement = step.statement { prepared.confirm(statement.id) }
            case .skipped:
                if step.kind == .prepare, let statement = step.statement { prepared.abandon(statement.id) }
            case .failed(let report):
                guard let report else { return }
                fail(report, step)
            case .copyIn:
                return events.append(.broken("COPY in a pipeline"))
            }
        }
    }

    private func finish(_ request: Request, _ events: inout [Event]) {
        bytesReceived = 0
        request.isDoubtful = session.notices.isCommitDoubtful
        session.notices.isCommitDoubtful = false
        events.append(.finished(request))
    }

    private func take(_ box: ResultBox, _ step: Step) {
        if step.kind == .describe {
            _ = step.statement?.columns(of: box)
        } else {
            step.request.isAnswered = true
            step.request.result = box
        }
    }

    private func fail(_ report: ServerReport, _ step: Step) {
        if step.kind == .prepare, let statement = step.statement { prepared.abandon(statement.id) }
        if step.request.error == nil { step.request.error = PostgresError(report) }
    }
}

extension PostgresError {
    /// An error that the server reported for a statement; what it did is undone.
    init(_ report: ServerReport) {
        let code: Code =
            switch report.sqlState {
            case "57014": .statementTimeout
            case "55P03": .lockTimeout
            case "57P01", "57P02", "57P03", "25P03": .connectionLost
            default: report.sqlState.hasPrefix("08") ? .connectionLost : .server
            }
        self.init(code, .failed, report.message, report: report)
    }
}
