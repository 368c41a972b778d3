import Crypto
import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Keeps the keys that sign tokens, sealed.
struct SigningKeyStore: Sendable {
    let database: Database
    let keyring: Keyring

    /// A key is made by itself, for an encryption key that is new, at most once in this time: two replicas that are
    /// told different orders of the encryption keys would go on making keys against each other.
    static let shortestAge: Duration = .seconds(3_600)

    /// Why a key is made.
    enum Reason: String, Sendable {
        /// There was none.
        case first
        /// The operator asked for it.
        case asked
        /// The newest lay under a former encryption key.
        case encryptionKey = "encryption_key"
    }

    /// Loads the valid keys and opens them.
    ///
    /// When there is none it makes the first: of several replicas that start at once one wins, and the others read its
    /// key.
    ///
    /// - Throws: ``Keyring/Failure`` when a key was sealed under an encryption key that is not there;
    ///   ``PostgresError``.
    func open(at now: Timestamp) async throws -> SigningKeyring {
        // The number is read before the keys: whoever adds a key in between is seen, and whoever adds one later takes
        // the same number. The other way round a second key would follow the first.
        let next = try await newest().generation + 1
        let keys = try await load(at: now)
        guard keys.isEmpty else { return SigningKeyring(keys: keys) }
        _ = try await add(SigningKey.make(generation: next, at: now), at: now, because: .first)
        return SigningKeyring(keys: try await load(at: now))
    }

    /// Makes the next key and sets an end to the others; unless the newest does not sign yet, or another replica makes
    /// one at the same moment.
    ///
    /// Who asks twice gets one key.
    ///
    /// - Returns: The new key; `nil` when one was made a moment ago.
    func rotate(
        at now: Timestamp, because reason: Reason = .asked, by source: AuditSource? = nil
    ) async throws -> SigningKey? {
        let newest = try await newest()
        // The first signs at once, since nobody would sign otherwise.
        let isSettled = newest.madeAt.map { $0.adding(SigningKeyring.settling) <= now } ?? true
        guard newest.generation <= 1 || isSettled else { return nil }
        let key = SigningKey.make(generation: newest.generation + 1, at: now)
        return try await add(key, at: now, because: reason, by: source) ? key : nil
    }

    /// Makes the next key when the newest lies under a former encryption key, so that this can be taken away.
    ///
    /// - Returns: The new key; `nil` when none was needed, or when one was made a moment ago.
    func rotateIfFormerlySealed(at now: Timestamp) async throws -> SigningKey? {
        let newest = try await database.first(
            .point, in: .none,
            """
            SELECT \(columns: SealedKeyRow.self)
            FROM identity.signing_key
            ORDER BY generation DESC
            LIMIT 1
            """, as: SealedKeyRow.self)
        guard let newest, newest.createdAt.adding(Self.shortestAge) <= now,
            (try? SealedSecret(bytes: newest.sealed).keyID) != keyring.currentKeyID
        else { return nil }
        return try await rotate(at: now, because: .encryptionKey)
    }

    /// Seals and adds a key, and lets those of earlier generations end after the overlap; unless another replica has
    /// added one of the same generation.
    ///
    /// The installation's audit says so in the same statement.
    ///
    /// - Returns: Whether it was added.
    func add(
        _ key: SigningKey, at now: Timestamp, because reason: Reason = .asked, by source: AuditSource? = nil
    ) async throws -> Bool {
        let sealed = try keyring.seal(key.privateKey.rawRepresentation, in: .nobodys, as: Self.purpose(key.kid))
        let end = now.adding(SigningKeyring.overlap)
        let event = AuditEvent(.signingKeyMade, user: nil, detail: ["key": key.kid, "reason": reason.rawValue])
        let source = source ?? AuditSource(process: .identity, occasion: "signing-keys", now: now)
        let result = try await database.write(
            in: .workspace(source.workspace),
            """
            WITH changed AS (
                INSERT INTO identity.signing_key (kid, generation, public_key, sealed, created_at, expires_at)
                VALUES (\(key.kid), \(key.generation), \(key.privateKey.publicKey.rawRepresentation), \(sealed.bytes),
                    \(now), \(key.expiresAt))
                ON CONFLICT (generation) DO NOTHING
                RETURNING generation
            ),
            ending AS (
                UPDATE identity.signing_key AS k
                SET expires_at = \(end)
                FROM changed
                WHERE k.generation < changed.generation AND (k.expires_at IS NULL OR k.expires_at > \(end))
            ),
            \(event.insertion(source))
            SELECT generation FROM changed
            """)
        return result.count == 1
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
                privateKey: try Curve25519.Signing.PrivateKey(rawRepresentation: open(row)),
                createdAt: row.createdAt, expiresAt: row.expiresAt)
        }
    }

    private func open(_ row: SealedKeyRow) throws -> Data {
        // 12 bytes of nonce, 32 of key and 16 of tag: sealed before secrets named their key.
        if row.sealed.count == 60 { return try keyring.open(unmarked: row.sealed, authenticating: Data(row.kid.utf8)) }
        return try keyring.open(SealedSecret(bytes: row.sealed), in: .nobodys, as: Self.purpose(row.kid))
    }

    private static func purpose(_ kid: String) -> String { "signing key \(kid)" }

    /// The last key's number, 0 while there is none, and when it was made.
    private func newest() async throws -> (generation: Int64, madeAt: Timestamp?) {
        let row = try await database.query(
            .point, in: .none,
            "SELECT COALESCE(max(generation), 0) AS generation, max(created_at) AS made_at FROM identity.signing_key")
        return (try row.value("generation"), try row.value("made_at"))
    }
}

/// A signing key as it lies in the table.
private struct SealedKeyRow: PostgresRow {
    static let columns = ["kid", "generation", "sealed", "created_at", "expires_at"]

    let kid: String
    let generation: Int64
    let sealed: Data
    let createdAt: Timestamp
    let expiresAt: Timestamp?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        kid = try row.decode("kid")
        generation = try row.decode("generation")
        sealed = try row.decode("sealed")
        createdAt = try row.decode("created_at")
        expiresAt = try row.decode("expires_at")
    }
}
