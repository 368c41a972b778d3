import Logging
import Models
import Postgres
import ServiceKit

/// Chains the activity of records afterwards, workspace by workspace (RELIABILITY.md, S-21).
///
/// One consumer does it, so that writers never wait for each other. What a seed made up is not sealed.
struct ActivitySealing: Sendable {
    let database: Database
    let clock: ServiceClock
    let logger: Logger

    /// A second is soon enough for a seal, and one for many entries costs little more than for one.
    private static var limits: ConsumerLimits {
        var limits = ConsumerLimits()
        limits.followsHints = false
        return limits
    }

    /// The consumer.
    var consumer: ActivityConsumer {
        ActivityConsumer(
            "sealing", of: .identity, database: database, limits: Self.limits, logger: logger,
            wants: { !SeedRequest.wrote($0) }, handle: { batch, tx in try await seal(batch, tx) })
    }

    /// Adds one link over the entries of a batch that are not sealed yet; their digests are those of the rows.
    ///
    /// A digest covers one of the entry's values under a salt that is kept beside, so that they can be blanked later.
    func seal(_ batch: ActivityBatch, _ tx: Transaction) async throws {
        let workspace = batch.workspace
        _ = try await tx.query(
            """
            WITH salted AS MATERIALIZED (
                SELECT e.id, e.place, identity.make_salt() AS salt
                FROM unnest(\(batch.entries.map(\.id))) WITH ORDINALITY AS e (id, place)
                WHERE NOT EXISTS (
                    SELECT FROM identity.sealed_entry AS s
                    WHERE s.workspace_id = \(workspace) AND s.activity_id = e.id)
            ),
            entry AS (
                SELECT array_agg(a.id ORDER BY e.place) AS ids,
                    array_agg(identity.activity_digest(
                        a.id, a.subject_kind, a.subject_id, a.version, a.verb, a.actor_kind, a.actor_id,
                        a.actor_service, a.changes, a.request_id, a.occurred_at, e.salt, NULL)
                        ORDER BY e.place) AS digests
                FROM salted AS e
                JOIN core.activity AS a ON a.workspace_id = \(workspace) AND a.id = e.id
            ),
            kept AS (
                INSERT INTO identity.sealed_entry (workspace_id, activity_id, salt)
                SELECT \(workspace), id, salt FROM salted
            ),
            chain AS (
                INSERT INTO identity.chain AS c (workspace_id, kind, seq, digest)
                SELECT \(workspace), 'activity', 1,
                    identity.seal_digest(decode(repeat('00', 32), 'hex'), entry.ids, entry.digests)
                FROM entry
                WHERE entry.ids IS NOT NULL
                ON CONFLICT (workspace_id, kind) DO UPDATE
                SET seq = c.seq + 1, digest = identity.seal_digest(
                    c.digest, (SELECT ids FROM entry), (SELECT digests FROM entry))
                RETURNING c.seq, c.digest
            )
            INSERT INTO identity.activity_seal (workspace_id, seq, activity_ids, entry_digests, digest, sealed_at)
            SELECT \(workspace), chain.seq, entry.ids, entry.digests, chain.digest, \(clock.now())
            FROM chain, entry
            """)
    }
}
