import Synchronization

/// One piece of work for the I/O loop, from a caller that waits for its outcome.
///
/// @unchecked Sendable: the `let`s are immutable; `caller` is set before the request is handed to the I/O loop (by its
/// turn or the inbox's lock, which order the hand-over) and all `var`s are touched only in a turn from then on.
final class Request: @unchecked Sendable {
    enum Work {
        /// One statement on a lane.
        case statement(Call)
        /// A connection for a transaction.
        case acquire(TransactionPrelude)
        /// One statement in a transaction.
        case leased(Call, Lease)
        /// BEGIN and settings alone, before a COPY.
        case begin(Lease)
        case commit(Lease)
        case rollback(Lease)
        case copyStart(String, Lease)
        case copyData([UInt8], Lease)
        /// The end of a COPY, with the reason if it is to fail.
        case copyEnd(String?, Lease)
        /// The driver's own statements, each with its values; nobody waits.
        case chore([Chore])
    }

    /// A statement of the driver's own.
    struct Chore {
        let text: [CChar]
        let parameters: ParameterBlock
    }

    enum Outcome: Sendable {
        case result(ResultBox)
        case lease(Lease)
        case done
        case failure(PostgresError)
    }

    let work: Work
    let lane: DatabaseLane
    let deadline: ContinuousClock.Instant
    let isCancelled = Atomic<Bool>(false)

    var caller: Caller<Outcome>?
    /// Where it is under way, `nil` while it waits.
    var connection: Connection?
    /// Called in a turn of the I/O loop when the driver's own statements were answered.
    var whenAnswered: (() -> Void)?
    /// The caller was answered; what still arrives is discarded.
    var isFinished = false
    var result: ResultBox?
    var error: PostgresError?
    /// The statement's own answer arrived; a failure before it undid everything.
    var isAnswered = false
    /// An earlier attempt met a name or a plan that the server no longer has.
    var isPreparedAnew = false
    /// An earlier attempt lost its connection.
    var isReplayed = false
    /// The statement went out under a name prepared earlier.
    var usedName = false
    /// Only Parse and Describe were sent, to see whether the columns can be written.
    var isDescribing = false
    /// A notice said that the commit may not be safe.
    var isDoubtful = false

    init(_ work: Work, lane: DatabaseLane, deadline: ContinuousClock.Instant) {
        self.work = work
        self.lane = lane
        self.deadline = deadline
    }

    var call: Call? {
        switch work {
        case .statement(let call), .leased(let call, _): call
        default: nil
        }
    }

    var lease: Lease? {
        switch work {
        case .leased(_, let lease), .begin(let lease), .commit(let lease), .rollback(let lease),
            .copyStart(_, let lease), .copyData(_, let lease), .copyEnd(_, let lease):
            lease
        case .statement, .acquire, .chore: nil
        }
    }

    /// A read can be sent again: its session is read-only.
    var isRead: Bool { lane == .point || lane == .scan }

    var isCommit: Bool {
        if case .commit = work { return true }
        return false
    }

    /// The request commits by itself: a statement of the exclusive lane outside of a transaction.
    var isSingleWrite: Bool {
        if case .statement = work { return lane == .exclusive }
        return false
    }

    /// Makes the request ready for another attempt.
    func reset() {
        result = nil
        error = nil
        isAnswered = false
        usedName = false
        isDescribing = false
        isDoubtful = false
    }
}

/// A connection lent to one transaction.
///
/// @unchecked Sendable: a token for callers; every `var` is touched only in a turn of the I/O loop.
final class Lease: @unchecked Sendable {
    let prelude: TransactionPrelude
    let deadline: ContinuousClock.Instant
    var connection: Connection?
    var isBeginSent = false
    /// The first error of a statement; it is what a COMMIT that answers ROLLBACK reports.
    var failure: PostgresError?
    /// Why the transaction can only be rolled back: cancelled or past its deadline.
    var doom: PostgresError?
    /// Why the lease is over.
    var end: PostgresError?
    var running: Request?
    var pending = Ring<Request>()

    init(_ prelude: TransactionPrelude, deadline: ContinuousClock.Instant) {
        self.prelude = prelude
        self.deadline = deadline
    }
}

/// What is sent before a transaction's first statement.
struct TransactionPrelude: Sendable {
    let begin: Statement
    let scope: PreparedScope

    init(_ options: TransactionOptions, _ scope: Scope, _ database: Database) throws(PostgresError) {
        begin = try database.registry.statement(of: options.begin)
        self.scope = try PreparedScope(options.scope(adding: scope), .exclusive, database.configuration)
    }
}
