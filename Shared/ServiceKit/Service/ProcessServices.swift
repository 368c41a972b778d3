import Glibc
import NIOCore
import NIOPosix
import Postgres
import ServiceLifecycle

/// The pool of connections as the group's first service: it closes after everything that uses it has ended.
struct PoolService: Service {
    let pool: Database
    let drain: Duration

    func run() async throws {
        try? await gracefulShutdown()
        await pool.close(drainFor: drain)
    }
}

/// Turns readiness off as the first thing of a graceful shutdown, since the group stops its last service first, and
/// holds up the rest for a moment: whoever sends requests here looks for another copy, while none is refused.
struct DrainMark: Service {
    let readiness: Readiness
    let grace: Duration
    let onDrain: @Sendable () -> Void

    func run() async throws {
        try? await gracefulShutdown()
        readiness.drain()
        onDrain()
        try? await Task.sleep(for: grace)
    }
}

/// Ends when standard input ends, which is when the supervisor that holds the pipe's other end is gone.
struct SupervisorWatch: Service {
    func run() async throws {
        let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(input: dup(STDIN_FILENO)).get()
        try await withGracefulShutdownHandler {
            try await channel.closeFuture.get()
        } onGracefulShutdown: {
            channel.close(promise: nil)
        }
    }
}
