import Logging
import Models
import ServiceKit
import ServiceLifecycle

/// Removes the counts of tries that are all back.
///
/// They count for nothing without it; it keeps the table small.
struct ThrottleSweep: Service {
    /// The time between two sweeps.
    static let pause: Duration = .seconds(60)

    let store: ThrottleStore
    let clock: ServiceClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                await sweep()
            }
        }
    }

    /// Sweeps until fewer are found than one round takes.
    func sweep() async {
        do {
            while try await store.sweep(now: clock.now()) == ThrottleStore.sweepLimit {}
        } catch {
            logger.notice("counts of tries not swept", metadata: ["error": "\(error)"])
        }
    }
}
