import Logging
import Models
import ServiceKit
import ServiceLifecycle

/// Looks for signing keys that another replica added or ended, so that all sign with a key that is valid.
struct SigningKeyRefresh: Service {
    /// The time between two looks: a key must be published for longer before it may be the only one.
    static let pause: Duration = .seconds(30)

    let store: SigningKeyStore
    let mint: TokenMint
    let clock: ServiceClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                await refresh()
            }
        }
    }

    /// Reads the keys that are valid now; keeps the ones it has when they cannot be read.
    ///
    /// Makes a new one when the newest lies under a former encryption key.
    func refresh() async {
        do {
            if let key = try await store.rotateIfFormerlySealed(at: clock.now()) {
                logger.notice("new signing key under the new encryption key", metadata: ["key.id": "\(key.kid)"])
            }
            await mint.replace(try await store.open(at: clock.now()))
        } catch {
            logger.error("signing keys not refreshed", metadata: ["error": "\(error)"])
        }
    }
}
