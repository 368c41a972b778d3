import Models
import Postgres

/// Reads the public keys of tokens from the view that identity publishes.
enum VerificationKeys {
    /// The keys that are valid now; two at most times, ten at the very most.
    static func load(from database: Database) async throws -> [VerificationKey] {
        let result = try await database.query(
            .point, in: .none, "SELECT kid, public_key FROM identity.verification_key ORDER BY kid LIMIT 10")
        return try (0..<result.count).map { row in
            VerificationKey(
                kid: try result.value("kid", row: row, as: String.self),
                x: try result.value("public_key", row: row, as: String.self))
        }
    }
}
