import NIOCore
import Synchronization

/// One request on its way, and who waits for its answer.
///
/// It ends once, by whatever comes first: the answer, a failure, the deadline, or the end of the task that waits.
final class LinkExchange: Sendable {
    private struct State {
        var waiter: CheckedContinuation<LinkAnswer, any Error>?
        var deadline: Scheduled<Void>?
        var channel: (any Channel)?
        var end: (any Error)?
    }

    let request: LinkRequest
    /// Told once of the connection that carries the request, when its body is sent as it comes.
    private let placed: AsyncStream<any Channel>.Continuation?
    private let state = Mutex(State())

    init(_ request: LinkRequest, placed: AsyncStream<any Channel>.Continuation? = nil) {
        self.request = request
        self.placed = placed
    }

    /// Whether nobody waits any more.
    var isOver: Bool { state.withLock { $0.waiter == nil } }

    /// Begins the wait, for as long as a limit says.
    func begin(_ waiter: CheckedContinuation<LinkAnswer, any Error>, on loop: any EventLoop, within limit: TimeAmount) {
        let timer = loop.scheduleTask(in: limit) { self.giveUp(LinkFailure.late) }
        let end = state.withLock { state in
            if state.end == nil { (state.waiter, state.deadline) = (waiter, timer) }
            return state.end
        }
        guard let end else { return }
        timer.cancel()
        waiter.resume(throwing: end)
    }

    /// Notes what carries the request; false when it is over.
    func place(on channel: any Channel) -> Bool {
        let isWaited = state.withLock { state in
            guard state.waiter != nil else { return false }
            state.channel = channel
            return true
        }
        if isWaited { placed?.yield(channel) }
        placed?.finish()
        return isWaited
    }

    /// Ends the wait with an answer or a failure; false when nobody has waited any more.
    func finish(_ result: Result<LinkAnswer, any Error>) -> Bool {
        let (waiter, timer) = state.withLock { state in
            defer { state = State(end: LinkFailure.cutOff) }
            return (state.waiter, state.deadline)
        }
        placed?.finish()
        timer?.cancel()
        waiter?.resume(with: result)
        return waiter != nil
    }

    /// Ends the wait, and the connection with it: what comes there later is nobody's answer.
    func giveUp(_ error: any Error) {
        let (waiter, timer, channel) = state.withLock { state in
            defer { state = State(end: error) }
            return (state.waiter, state.deadline, state.channel)
        }
        placed?.finish()
        timer?.cancel()
        channel?.close(promise: nil)
        waiter?.resume(throwing: error)
    }
}
