import Crypto
import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Keeps the keys that sign tokens, sealed.
struct SigningKeyStore: Sendable {
    let database: Database
    let encryption: EncryptionKey

    /// Loads the valid keys and opens them.
    ///
    /// When there is none it makes the first: of several replicas that start at once one wins, and the others read its
    /// key.
    ///
    /// - Throws: ``EncryptionKey/Failure`` when a key was sealed under another encryption key; ``PostgresError``.
    func open(at now: Timestamp) async throws -> SigningKeyring {
        // The number is read before the keys: whoever adds a key in between is seen, and whoever adds one later takes
        // the same number. The other way round a second key would follow the first.
        let next = try await lastGeneration() + 1
        let keys = try await load(at: now)
        guard keys.isEmpty else { return SigningKeyring(keys: keys) }
        try await add(SigningKey.make(generation: next, at: now), at: now)
        return SigningKeyring(keys: try await load(at: now))
    }

    /// Seals and adds a key, unless another replica has added one of the same generation.
    func add(_ key: SigningKey, at now: Timestamp) async throws {
        let sealed = try encryption.seal(key.privateKey.rawRepresentation, kid: key.kid)
        _ = try await database.write(
            in: .none,
            """
            INSERT INTO identity.signing_key (kid, generation, public_key, sealed, created_at, expires_at)
            VALUES (\(key.kid), \(key.generation), \(key.privateKey.publicKey.rawRepresentation), \(sealed), \(now),
                \(key.expiresAt))
            ON CONFLICT (generation) DO NOTHING
            """)
    }

    private func load(at now: Timestamp) async throws -> [SigningKey] {
        let rows = try await database.query(
            .point, in: .none,
            """
            SELECT \(columns: SealedKeyRow.self)
            FROM identity.signing_key
            WHERE expires_at IS NULL OR expires_at > \(now)
            """, as: SealedKeyRow.self)
        return try rows.map { row in
            SigningKey(
                kid: row.kid, generation: row.generation,
                privateKey: try Curve25519.Signing.PrivateKey(
                    rawRepresentation: encryption.open(row.sealed, kid: row.kid)),
                expiresAt: row.expiresAt)
        }
    }

    private func lastGeneration() async throws -> Int64 {
        try await database.query(
            .point, in: .none, "SELECT COALESCE(max(generation), 0) AS last FROM identity.signing_key"
        ).value("last")
    }
}

/// A signing key as it lies in the table.
private struct SealedKeyRow: PostgresRow {
    static let columns = ["kid", "generation", "sealed", "expires_at"]

    let kid: String
    let generation: Int64
    let sealed: Data
    let expiresAt: Timestamp?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        kid = try row.decode("kid")
        generation = try row.decode("generation")
        sealed = try row.decode("sealed")
        expiresAt = try row.decode("expires_at")
    }
}
