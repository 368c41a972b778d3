import Logging
import Models
import ServiceKit
import ServiceLifecycle

/// Removes sessions that are past their end.
///
/// They are refused without it; it keeps the tables small.
struct SessionSweep: Service {
    /// The time between two sweeps.
    static let pause: Duration = .seconds(600)

    let store: SessionStore
    let clock: ServiceClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                await sweep()
            } while (try? await Task.sleep(for: Self.pause)) != nil
        }
    }

    /// Sweeps until fewer are found than one round takes.
    func sweep() async {
        do {
            while try await store.sweep(now: clock.now()) == SessionStore.sweepLimit {}
        } catch {
            logger.notice("sessions not swept", metadata: ["error": "\(error)"])
        }
    }
}
