import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Keeps the secrets of authenticator apps, sealed, and the digests of recovery codes.
struct SecondFactorStore: Sendable {
    let database: Database
    let keyring: Keyring

    /// A person's second factor, confirmed or not, opened; with what else is asked of it.
    func find(_ workspace: ID<Workspace>, _ user: ID<User>) async throws -> SecondFactorRow {
        let row = try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT u.email, w.slug, w.requires_second_factor, f.sealed, f.confirmed_at, f.last_step,
                (SELECT count(*) FROM identity.recovery_code AS r
                    WHERE r.workspace_id = \(workspace) AND r.user_id = \(user) AND r.used_at IS NULL) AS codes_left
            FROM identity.user AS u
            JOIN identity.workspace AS w ON w.workspace_id = u.workspace_id
            LEFT JOIN identity.second_factor AS f ON f.workspace_id = u.workspace_id AND f.user_id = u.id
            WHERE u.workspace_id = \(workspace) AND u.id = \(user)
            """, as: SecondFactorRow.self)
        guard let row else { throw Problem.notFound("user") }
        return row
    }

    /// The secret of a row.
    ///
    /// - Throws: ``Keyring/Failure``.
    func secret(_ row: SecondFactorRow, _ workspace: ID<Workspace>, _ user: ID<User>) throws -> Data? {
        guard let sealed = row.sealed else { return nil }
        return try keyring.open(SealedSecret(bytes: sealed), in: workspace, as: Self.purpose(user))
    }

    /// Keeps a new secret, in the place of one that was not confirmed.
    ///
    /// - Returns: Whether it was kept; not when a confirmed one is there.
    func enrol(_ secret: Data, of user: ID<User>, _ context: WriteContext) async throws -> Bool {
        let sealed = try keyring.seal(secret, in: context.workspace, as: Self.purpose(user))
        let result = try await database.write(
            in: context.scope,
            """
            WITH changed AS (
                INSERT INTO identity.second_factor AS f (
                    workspace_id, user_id, sealed, key_id, last_step, created_at)
                VALUES (\(context.workspace), \(user), \(sealed.bytes), \(sealed.keyID), 0, \(context.now))
                ON CONFLICT (workspace_id, user_id) DO UPDATE
                SET sealed = EXCLUDED.sealed, key_id = EXCLUDED.key_id, last_step = 0, created_at = EXCLUDED.created_at
                WHERE f.confirmed_at IS NULL
                RETURNING user_id AS id
            ),
            \(context.keep(nil, from: "changed"))
            SELECT changed.id FROM changed, kept
            """)
        return result.count == 1
    }

    /// Takes the code of a step, once: of two replicas that are shown the same code one finds it taken.
    ///
    /// - Returns: Whether it was taken.
    func take(step: Int64, _ workspace: ID<Workspace>, _ user: ID<User>) async throws -> Bool {
        let result = try await database.write(
            in: .workspace(workspace),
            """
            UPDATE identity.second_factor
            SET last_step = \(step)
            WHERE workspace_id = \(workspace) AND user_id = \(user) AND last_step < \(step)
            RETURNING user_id
            """)
        return result.count == 1
    }

    /// Takes a recovery code, once, with a line of the audit.
    ///
    /// - Returns: Whether there was such a code that had not been used.
    func take(recoveryCode hash: String, _ source: AuditSource, of user: ID<User>) async throws -> Bool {
        let result = try await database.write(
            in: .workspace(source.workspace),
            """
            WITH changed AS (
                UPDATE identity.recovery_code
                SET used_at = \(source.now)
                WHERE workspace_id = \(source.workspace) AND user_id = \(user) AND code_hash = \(hash)
                    AND used_at IS NULL
                RETURNING user_id AS id
            ),
            \(AuditEvent(.recoveryCodeUsed, user: user).insertion(source))
            SELECT id FROM changed
            """)
        return result.count == 1
    }

    /// Confirms a secret by the step of its first code, and replaces the recovery codes; all sessions of the person
    /// end but the one that asks.
    ///
    /// - Returns: The ids of the ended sessions; `nil` when the code was taken before, or there is nothing to confirm.
    func confirm(
        step: Int64, codes: [String], of user: ID<User>, sparing session: ID<Session>?, _ context: WriteContext
    ) async throws -> [String]? {
        try await database.transaction(in: context.scope) { tx in
            let result = try await tx.query(
                """
                UPDATE identity.second_factor
                SET confirmed_at = \(context.now), last_step = \(step)
                WHERE workspace_id = \(context.workspace) AND user_id = \(user) AND confirmed_at IS NULL
                    AND last_step < \(step)
                RETURNING user_id
                """)
            guard result.count == 1 else { return nil }
            try await replaceCodes(codes, of: user, tx, context)
            let credentials = CredentialEnding(tx: tx, context: context)
            let ended = try await credentials.endSessions(of: user, except: session)
            try await context.keep(nil, in: tx)
            try await credentials.audit(AuditEvent(.secondFactorConfirmed, user: user))
            return ended
        }
    }

    /// Puts new recovery codes in the place of the old ones.
    func replaceCodes(_ codes: [String], of user: ID<User>, _ context: WriteContext) async throws {
        try await database.transaction(in: context.scope) { tx in
            try await replaceCodes(codes, of: user, tx, context)
            try await context.keep(nil, in: tx)
            try await CredentialEnding(tx: tx, context: context).audit(AuditEvent(.recoveryCodesReplaced, user: user))
        }
    }

    /// Takes a second factor and its recovery codes away, and ends the person's sessions but one.
    ///
    /// - Returns: The ids of the ended sessions; `nil` when there was no second factor.
    func remove(
        of user: ID<User>, sparing session: ID<Session>?, _ event: AuditEvent.Name, _ context: WriteContext
    ) async throws -> [String]? {
        try await database.transaction(in: context.scope) { tx in
            let result = try await tx.query(
                """
                DELETE FROM identity.second_factor
                WHERE workspace_id = \(context.workspace) AND user_id = \(user)
                RETURNING user_id
                """)
            guard result.count == 1 else { return nil }
            try await replaceCodes([], of: user, tx, context)
            let credentials = CredentialEnding(tx: tx, context: context)
            let ended = try await credentials.endSessions(of: user, except: session)
            try await context.keep(.noContent, in: tx)
            try await credentials.audit(AuditEvent(event, user: user))
            return ended
        }
    }

    private func replaceCodes(
        _ codes: [String], of user: ID<User>, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        _ = try await tx.query(
            """
            DELETE FROM identity.recovery_code
            WHERE workspace_id = \(context.workspace) AND user_id = \(user)
            """)
        guard !codes.isEmpty else { return }
        _ = try await tx.query(
            """
            INSERT INTO identity.recovery_code (workspace_id, user_id, code_hash, created_at)
            SELECT \(context.workspace), \(user), code.hash, \(context.now)
            FROM unnest(\(codes.map(RecoveryCode.hash))) AS code (hash)
            """)
    }

    static func purpose(_ user: ID<User>) -> String { "second factor of \(user)" }
}

/// A person's second factor as the tables hold it, with the workspace's policy.
struct SecondFactorRow: PostgresRow {
    static let columns = [
        "email", "slug", "requires_second_factor", "sealed", "confirmed_at", "last_step", "codes_left",
    ]

    let email: String
    let slug: String
    let isRequired: Bool
    let sealed: Data?
    let confirmedAt: Timestamp?
    let lastStep: Int64
    let codesLeft: Int64

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        email = try row.decode("email")
        slug = try row.decode("slug")
        isRequired = try row.decode("requires_second_factor")
        sealed = try row.decode("sealed")
        confirmedAt = try row.decode("confirmed_at")
        lastStep = try row.decode("last_step", as: Int64?.self) ?? 0
        codesLeft = try row.decode("codes_left")
    }

    /// The state as its person reads it.
    var state: SecondFactor {
        SecondFactor(
            isConfirmed: confirmedAt != nil, isRequired: isRequired, confirmedAt: confirmedAt,
            recoveryCodesLeft: Int(codesLeft))
    }
}
