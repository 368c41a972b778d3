import Models
import NIOCore
import NIOPosix
import Synchronization

/// The limits on a request's time.
enum Deadline {
    /// Runs work, and gives it up when the time has passed.
    ///
    /// Work is cancelled then: what waits for the database is taken off its queue, and a write whose COMMIT has
    /// been sent is waited for, since only its end says whether it happened.
    ///
    /// - Throws: ``Problem`` 504 when the time has passed; whatever the work throws.
    static func run<Value: Sendable>(
        within limit: Duration, _ what: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await run(within: TimeLimit(limit, what)) { _ in try await work() }
    }

    /// Runs work of several parts, each with a limit of its own, which it sets as it comes to them.
    ///
    /// - Throws: ``Problem`` 504 when a part's time has passed; whatever the work throws.
    static func run<Value: Sendable>(
        within first: TimeLimit, _ work: @escaping @Sendable (Alarm) async throws -> Value
    ) async throws -> Value {
        let alarm = Alarm(first)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work(alarm) }
            group.addTask {
                await alarm.wait()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw alarm.problem }
            return value
        }
    }
}

/// How long a part of a request may take.
struct TimeLimit: Sendable {
    let duration: Duration
    let what: String

    init(_ duration: Duration, _ what: String) {
        self.duration = duration
        self.what = what
    }
}

/// Waits on an event loop's own timers, where setting one and taking it back wakes no thread: nearly every wait for a
/// deadline is taken back, and a sleeping task would cost each write a timer of the system.
final class Alarm: Sendable {
    private enum Phase {
        case unset
        case set(CheckedContinuation<Void, Never>, Scheduled<Void>)
        case over
    }

    private struct State {
        var phase = Phase.unset
        var limit: TimeLimit
        /// Which part it is: a timer of an earlier one says nothing any more.
        var part = 0
    }

    private let state: Mutex<State>

    init(_ limit: TimeLimit) {
        state = Mutex(State(limit: limit))
    }

    /// What to say when the time has passed.
    fileprivate var problem: Problem {
        let limit = state.withLock { $0.limit }
        let seconds = limit.duration.components.seconds
        return Problem(.deadlineExceeded, "\(limit.what) took longer than \(seconds) seconds.")
    }

    /// Sets the limit of the next part; it counts from now.
    func set(_ limit: TimeLimit) {
        state.withLock { state in
            state.limit = limit
            state.part += 1
            guard case .set(let continuation, let timer) = state.phase else { return }
            timer.cancel()
            state.phase = .set(continuation, schedule(limit, state.part))
        }
    }

    /// Returns when the time has passed, or at once when its task is cancelled.
    fileprivate func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if case .over = state.phase { return true }
                    state.phase = .set(continuation, schedule(state.limit, state.part))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end()
        }
    }

    private func schedule(_ limit: TimeLimit, _ part: Int) -> Scheduled<Void> {
        // On an event loop this is that loop.
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(limit.duration)) { self.end(part) }
    }

    /// Ends the wait, for good or because a part's time has passed.
    private func end(_ part: Int? = nil) {
        let before = state.withLock { state in
            guard part == nil || part == state.part else { return Phase.unset }
            defer { state.phase = .over }
            return state.phase
        }
        guard case .set(let continuation, let timer) = before else { return }
        timer.cancel()
        continuation.resume()
    }
}
