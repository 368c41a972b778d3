import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Finds credentials that lie under a former encryption key, and seals them anew.
struct SealedSecretStore: Sendable {
    let database: Database
    let keyring: Keyring

    /// The most secrets of one round.
    static let limit = 100

    /// The workspace after a place in the directory; `nil` after the last one.
    func nextWorkspace(after place: inout String?) async throws -> ID<Workspace>? {
        let result = try await database.query(
            .scan, in: .none,
            """
            SELECT workspace_id, key
            FROM identity.directory
            WHERE kind = 'workspace' AND key > \(place ?? "")
            ORDER BY key
            LIMIT 1
            """)
        guard result.count == 1 else { return nil }
        place = try result.text("key")
        return try result.value("workspace_id")
    }

    /// Seals all secrets of a workspace under the first key that are not.
    ///
    /// - Returns: How many there were.
    /// - Throws: ``Keyring/Failure`` when one does not open: it stays as it is.
    func resealAll(in workspace: ID<Workspace>) async throws -> Int {
        var count = 0
        while true {
            let rows = try await database.query(
                .scan, in: .workspace(workspace),
                """
                SELECT \(columns: SealedFactorRow.self)
                FROM identity.second_factor
                WHERE workspace_id = \(workspace) AND key_id <> \(keyring.currentKeyID)
                ORDER BY user_id
                LIMIT \(Int64(Self.limit))
                """, as: SealedFactorRow.self)
            for row in rows { try await reseal(row, in: workspace) }
            count += rows.count
            if rows.count < Self.limit { return count }
        }
    }

    /// Replaces the sealed form, unless the secret was replaced meanwhile.
    private func reseal(_ row: SealedFactorRow, in workspace: ID<Workspace>) async throws {
        let purpose = SecondFactorStore.purpose(row.user)
        let secret = try keyring.open(SealedSecret(bytes: row.sealed), in: workspace, as: purpose)
        let sealed = try keyring.seal(secret, in: workspace, as: purpose)
        _ = try await database.write(
            in: .workspace(workspace),
            """
            UPDATE identity.second_factor
            SET sealed = \(sealed.bytes), key_id = \(sealed.keyID)
            WHERE workspace_id = \(workspace) AND user_id = \(row.user) AND sealed = \(row.sealed)
            """)
    }
}

/// A sealed secret of a person.
private struct SealedFactorRow: PostgresRow {
    static let columns = ["user_id", "sealed"]

    let user: ID<User>
    let sealed: Data

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        user = try row.decode("user_id")
        sealed = try row.decode("sealed")
    }
}
