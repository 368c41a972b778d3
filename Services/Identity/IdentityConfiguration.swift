import Models
import ServiceKit

/// What identity is configured with besides ``ServiceConfiguration``.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `identity.encryptionKey` (secret) | base64, several with commas | required: without it nothing starts | 32 bytes |
/// | `identity.encryptionKeyFile` | a file with the same, one key a line | none | |
/// | `identity.serviceClients` | `name:sha256,…`, the SHA-256 of each client's secret in hexadecimal | none | |
/// | `edge.secret` (secret) | text that the gateway has too | none: no network address is known | 32 characters or more |
struct IdentityConfiguration: Sendable {
    /// The keys under which secrets lie at rest; `nil` only when a problem was noted.
    let keyring: Keyring?
    /// The processes that may ask for tokens of their own.
    let serviceClients: ServiceClients

    /// Knows the gateway's word for a client's address; `nil` when nobody is believed.
    let edge: EdgeProof?

    /// Reads the keys of the table above; what is wrong is noted in `settings`.
    init(_ settings: inout Settings) {
        keyring = settings.keyring(of: .identity)
        serviceClients = Self.serviceClients(&settings)
        edge = Self.edge(&settings)
    }

    private static func edge(_ settings: inout Settings) -> EdgeProof? {
        let key = "edge.secret"
        guard let secret = settings.optional(key, isSecret: true) else { return nil }
        if let proof = EdgeProof(secret: secret) { return proof }
        settings.note("must have at least 32 characters", about: key)
        return nil
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
