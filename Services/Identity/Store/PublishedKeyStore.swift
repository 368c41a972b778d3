import Models
import Postgres

/// Reads the public keys of tokens as the published view shows them; nothing secret is touched.
struct PublishedKeyStore: Sendable {
    let database: Database

    /// The keys that are valid now, in order of their ids.
    func keys() async throws -> [VerificationKey] {
        try await database.query(
            .point, in: .none,
            """
            SELECT \(columns: PublishedKeyRow.self)
            FROM identity.verification_key
            ORDER BY kid
            LIMIT 10
            """, as: PublishedKeyRow.self
        ).map { VerificationKey(kid: $0.kid, x: $0.publicKey) }
    }
}

/// A public key as it is published.
private struct PublishedKeyRow: PostgresRow {
    static let columns = ["kid", "public_key"]

    let kid: String
    let publicKey: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        kid = try row.decode("kid")
        publicKey = try row.decode("public_key")
    }
}
