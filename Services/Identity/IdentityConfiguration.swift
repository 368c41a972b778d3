import Models
import ServiceKit

/// What identity is configured with besides ``ServiceConfiguration``.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `identity.encryptionKey` (secret) | base64 | required: without it nothing starts | 32 bytes |
/// | `identity.serviceClients` | `name:sha256,…`, the SHA-256 of each client's secret in hexadecimal | none | |
struct IdentityConfiguration: Sendable {
    /// The key under which private signing keys lie at rest; `nil` only when a problem was noted.
    let encryptionKey: EncryptionKey?
    /// The processes that may ask for tokens of their own.
    let serviceClients: ServiceClients

    /// Reads the keys of the table above; what is wrong is noted in `settings`.
    init(_ settings: inout Settings) {
        encryptionKey = Self.encryptionKey(&settings)
        serviceClients = Self.serviceClients(&settings)
    }

    /// Takes the parts, for tests.
    init(encryptionKey: EncryptionKey?, serviceClients: ServiceClients) {
        self.encryptionKey = encryptionKey
        self.serviceClients = serviceClients
    }

    private static func encryptionKey(_ settings: inout Settings) -> EncryptionKey? {
        let key = "identity.encryptionKey"
        let text = settings.required(key, "32 random bytes in base64, which seal the signing keys", isSecret: true)
        guard !text.isEmpty else { return nil }
        guard let encryptionKey = EncryptionKey(base64: text) else {
            settings.note("must be 32 bytes in base64", about: key)
            return nil
        }
        return encryptionKey
    }

    private static func serviceClients(_ settings: inout Settings) -> ServiceClients {
        let key = "identity.serviceClients"
        do throws(ServiceClients.Malformed) {
            return try ServiceClients(parsing: settings.optional(key, isSecret: true) ?? "")
        } catch {
            settings.note("is wrong: \(error.description)", about: key)
            return .none
        }
    }
}
