import Logging
import Models
import ServiceKit
import ServiceLifecycle

/// Removes again and again what counts for nothing any more, to keep a table small: it is not used without it either.
struct Sweep: Service {
    /// What is swept, for the log.
    let name: String
    /// The time between two sweeps.
    let pause: Duration
    /// How many one round takes.
    let limit: Int
    let logger: Logger
    /// One round; answers how many it found.
    let round: @Sendable () async throws -> Int

    /// Removes sessions that are past their end.
    static func sessions(_ store: SessionStore, clock: ServiceClock, logger: Logger) -> Sweep {
        Sweep(name: "sessions", pause: .seconds(600), limit: SessionStore.sweepLimit, logger: logger) {
            try await store.sweep(now: clock.now())
        }
    }

    /// Removes the counts of tries that are all back.
    static func throttle(_ store: ThrottleStore, clock: ServiceClock, logger: Logger) -> Sweep {
        Sweep(name: "throttle", pause: .seconds(60), limit: ThrottleStore.sweepLimit, logger: logger) {
            try await store.sweep(now: clock.now())
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                await sweep()
            } while (try? await Task.sleep(for: pause)) != nil
        }
    }

    /// Sweeps until fewer are found than one round takes.
    func sweep() async {
        do {
            while try await round() == limit {}
        } catch {
            logger.notice("not swept", metadata: ["sweep": "\(name)", "error": "\(error)"])
        }
    }
}
