import CLibpq
import Glibc
import Synchronization

/// What other threads ask of the I/O thread.
enum Command: Sendable {
    case submit(Request)
    case cancel(Request)
    case connected(DatabaseLane, slot: Int, Session)
    case refused(DatabaseLane, slot: Int, String)
    case cancelReturned(DatabaseLane, slot: Int, id: UInt64)
    case listen(NotificationMailbox)
    case hint(channel: String, payload: String)
    case close(until: ContinuousClock.Instant, Caller<Void>)
    case stop
}

/// Hands commands to the I/O thread and wakes it, once for as many as come while it is awake.
final class Inbox: Sendable {
    /// The `eventfd` that the I/O thread watches, edge-triggered, so that it is never read.
    let descriptor: Int32 = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    private struct State: ~Copyable {
        var commands: [Command] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let isAsleep = Atomic<Bool>(false)

    deinit {
        Glibc.close(descriptor)
    }

    /// Hands a command over; false once the thread has ended.
    @discardableResult
    func push(_ command: Command) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            return true
        }
        if isTaken { wakeIfAsleep() }
        return isTaken
    }

    /// Wakes the thread when it sleeps or is about to.
    func wakeIfAsleep() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { wake() }
    }

    /// Takes all commands, leaving `batch`'s storage behind for the next ones.
    func take(_ batch: inout [Command]) {
        batch.removeAll(keepingCapacity: true)
        state.withLock { swap(&$0.commands, &batch) }
    }

    /// Takes no more commands, and gives back those that nobody took.
    func close() -> [Command] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Says that the thread is about to sleep; false when commands came meanwhile and it must not.
    func prepareSleep() -> Bool {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        guard state.withLock({ $0.commands.isEmpty }) else {
            isAsleep.store(false, ordering: .sequentiallyConsistent)
            return false
        }
        return true
    }

    func awake() {
        isAsleep.store(false, ordering: .relaxed)
    }

    private func wake() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(descriptor, &one, 8)
    }
}
