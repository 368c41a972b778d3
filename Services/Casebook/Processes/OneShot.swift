import Dispatch
import Synchronization

/// A value that is set once and that any number of tasks wait for.
///
/// Waiting comes in two kinds: until the value is set or the task is cancelled, and for a bounded time that
/// cancellation does not shorten. The second is what stopping needs: a cancelled run must still see its processes end.
final class OneShot<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    init() {}

    /// The value, when it is set already.
    var current: Value? { state.withLock(\.value) }

    /// Sets the value and wakes all who wait; a second call changes nothing.
    func set(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            guard state.value == nil else { return [] }
            state.value = value
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// Waits until the value is set.
    ///
    /// - Returns: The value, or nil when the task was cancelled first.
    func value() async -> Value? {
        let ticket = takeTicket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                register(continuation, as: ticket)
                // The handler may have run before the line above, and then found nobody to wake.
                if Task.isCancelled { abandon(ticket) }
            }
        } onCancel: {
            abandon(ticket)
        }
    }

    /// Waits until the value is set, but no longer than `limit`; cancellation does not end the wait.
    ///
    /// - Returns: The value, or nil when the time ran out.
    func value(atMost limit: Duration) async -> Value? {
        let ticket = takeTicket()
        return await withCheckedContinuation { continuation in
            register(continuation, as: ticket)
            let deadline = DispatchTime.now() + .nanoseconds(Int(limit / .nanoseconds(1)))
            DispatchQueue.global().asyncAfter(deadline: deadline) { [self] in abandon(ticket) }
        }
    }

    private func takeTicket() -> Int {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    private func register(_ continuation: CheckedContinuation<Value?, Never>, as ticket: Int) {
        let value = state.withLock { state -> Value? in
            if state.value == nil { state.waiters[ticket] = continuation }
            return state.value
        }
        if let value { continuation.resume(returning: value) }
    }

    private func abandon(_ ticket: Int) {
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: nil)
    }
}

extension OneShot {
    /// Runs `body`, and cancels it when the value is set first.
    ///
    /// - Throws: `CancellationError` when the value was set first, otherwise what `body` throws.
    func interrupting(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask {
                _ = await self.value()
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
