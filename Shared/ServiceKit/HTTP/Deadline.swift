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
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await Alarm().wait(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw Problem(.deadlineExceeded, "\(what) took longer than \(limit.components.seconds) seconds.")
            }
            return value
        }
    }
}

/// Waits on an event loop's own timers, where setting one and taking it back wakes no thread: nearly every wait for a
/// deadline is taken back, and a sleeping task would cost each write a timer of the system.
private final class Alarm: Sendable {
    private enum State {
        case unset
        case set(CheckedContinuation<Void, Never>, Scheduled<Void>)
        case over
    }

    private let state = Mutex(State.unset)

    /// Returns after the time, or at once when its task is cancelled.
    func wait(for duration: Duration) async {
        // On an event loop this is that loop.
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = loop.scheduleTask(in: TimeAmount(duration)) { self.end() }
                let isOver = state.withLock { state in
                    if case .over = state { return true }
                    state = .set(continuation, timer)
                    return false
                }
                if isOver {
                    timer.cancel()
                    continuation.resume()
                }
            }
        } onCancel: {
            end()
        }
    }

    private func end() {
        let before = state.withLock { state in
            defer { state = .over }
            return state
        }
        guard case .set(let continuation, let timer) = before else { return }
        timer.cancel()
        continuation.resume()
    }
}
