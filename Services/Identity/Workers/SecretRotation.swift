import Logging
import Models
import ServiceKit
import ServiceLifecycle

/// Seals anew what lies under a former encryption key, while everything runs (RELIABILITY.md, S-22).
///
/// It works when there is a former key, and says when nothing lies under one any more: then the former key can be taken
/// away.
struct SecretRotation: Service {
    /// The time between two looks.
    static let pause: Duration = .seconds(600)

    let store: SealedSecretStore
    let logger: Logger

    func run() async throws {
        guard store.keyring.hasFormerKeys else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            repeat {
                await rotate()
            } while (try? await Task.sleep(for: Self.pause)) != nil
        }
    }

    /// Goes through all workspaces once.
    func rotate() async {
        do {
            var (after, count, place) = (String?.none, 0, 0)
            while let workspace = try await store.nextWorkspace(after: &after) {
                place += 1
                count += try await store.resealAll(in: workspace)
            }
            logger.notice(
                "no credential lies under a former encryption key",
                metadata: [
                    "secrets.resealed": "\(count)", "workspaces": "\(place)", "key.id": "\(store.keyring.currentKeyID)",
                ])
        } catch {
            logger.error("secrets not sealed anew", metadata: ["error": "\(error)"])
        }
    }
}
