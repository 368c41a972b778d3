import Logging
import Models
import Postgres
import ServiceKit
import TestSupport

@testable import Identity

/// The statements of the version before the second form of digests, which can still run beside this one.
struct OlderVersion: Sendable {
    let database: Database
    let workspace: ID<Workspace>

    private static let nothing: SQL = "decode(repeat('00', 32), 'hex')"

    /// Writes a line of the audit.
    func write(_ event: String) async throws -> String {
        let id = ID<AuditEvent>.make(at: .now)
        let line: SQL = """
            \(id), \(event), 'service', NULL, 'older', NULL, NULL, '{"reason": "asked"}'::jsonb, 'older',
            \(Timestamp.now)
            """
        _ = try await database.write(
            in: .workspace(workspace),
            """
            WITH chain AS (
                INSERT INTO identity.chain AS c (workspace_id, kind, seq, digest)
                SELECT \(workspace), 'audit', 1, identity.audit_digest(\(Self.nothing), \(line))
                ON CONFLICT (workspace_id, kind) DO UPDATE
                SET seq = c.seq + 1, digest = identity.audit_digest(c.digest, \(line))
                RETURNING c.seq, c.digest
            )
            INSERT INTO identity.audit (
                workspace_id, id, event, actor_kind, actor_id, actor_service, user_id, credential_id, detail,
                request_id, created_at, seq, digest)
            SELECT \(workspace), \(line), chain.seq, chain.digest
            FROM chain
            """)
        return id.description
    }

    /// The consumer that seals the activity, under the name that it still has.
    var sealing: ActivityConsumer {
        var limits = ConsumerLimits()
        limits.followsHints = false
        return ActivityConsumer(
            "sealing", of: .identity, database: database, limits: limits, logger: Logger(label: "older"),
            handle: { batch, tx in try await seal(batch.workspace, batch.entries.map(\.id), tx) })
    }

    private func seal(_ workspace: ID<Workspace>, _ ids: [ID<ActivityEntry>], _ tx: Transaction) async throws {
        _ = try await tx.query(
            """
            WITH entry AS (
                SELECT array_agg(a.id ORDER BY e.place) AS ids,
                    array_agg(identity.activity_digest(
                        a.id, a.subject_kind, a.subject_id, a.version, a.verb, a.actor_kind, a.actor_id,
                        a.actor_service, a.changes, a.request_id, a.occurred_at) ORDER BY e.place) AS digests
                FROM unnest(\(ids)) WITH ORDINALITY AS e (id, place)
                JOIN core.activity AS a ON a.workspace_id = \(workspace) AND a.id = e.id
            ),
            chain AS (
                INSERT INTO identity.chain AS c (workspace_id, kind, seq, digest)
                SELECT \(workspace), 'activity', 1, identity.seal_digest(\(Self.nothing), entry.ids, entry.digests)
                FROM entry
                WHERE entry.ids IS NOT NULL
                ON CONFLICT (workspace_id, kind) DO UPDATE
                SET seq = c.seq + 1, digest = identity.seal_digest(
                    c.digest, (SELECT ids FROM entry), (SELECT digests FROM entry))
                RETURNING c.seq, c.digest
            )
            INSERT INTO identity.activity_seal (workspace_id, seq, activity_ids, entry_digests, digest, sealed_at)
            SELECT \(workspace), chain.seq, entry.ids, entry.digests, chain.digest, \(Timestamp.now)
            FROM chain, entry
            """)
    }

    /// Checks both chains, and answers the lines and entries that it takes for changed.
    func changed() async throws -> [String] {
        let result = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT l.id::text AS t
            FROM (
                SELECT id, digest = identity.audit_digest(
                    COALESCE(lag(digest) OVER (ORDER BY seq), \(Self.nothing)), id, event, actor_kind, actor_id,
                    actor_service, user_id, credential_id, detail, request_id, created_at) AS holds
                FROM identity.audit
                WHERE workspace_id = \(workspace)
            ) AS l
            WHERE NOT l.holds
            UNION ALL
            SELECT e.id::text
            FROM identity.activity_seal AS s
            CROSS JOIN LATERAL unnest(s.activity_ids, s.entry_digests) AS e (id, digest)
            JOIN core.activity AS a ON a.workspace_id = \(workspace) AND a.id = e.id
            WHERE s.workspace_id = \(workspace) AND e.digest <> identity.activity_digest(
                a.id, a.subject_kind, a.subject_id, a.version, a.verb, a.actor_kind, a.actor_id, a.actor_service,
                a.changes, a.request_id, a.occurred_at)
            """)
        return try (0..<result.count).map { try result.text("t", row: $0) ?? "" }
    }
}
