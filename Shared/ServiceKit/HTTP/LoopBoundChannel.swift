import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// A server's connections, each handled by a task that prefers its connection's own event loop.
///
/// What a request awaits must therefore not hold its thread: work of more than a few milliseconds without suspension
/// belongs on threads of its own, as signing in does with its hashes.
struct LoopBoundChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    private let executors = EventLoopExecutors()

    init(_ base: Base) {
        self.base = base
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(executors.executor(of: value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// One executor for each event loop, made when its first connection comes.
private final class EventLoopExecutors: Sendable {
    private let known = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    func executor(of loop: any EventLoop) -> EventLoopExecutor {
        known.withLock { known in
            let id = ObjectIdentifier(loop)
            if let executor = known[id] { return executor }
            let executor = EventLoopExecutor(loop: loop)
            known[id] = executor
            return executor
        }
    }
}
