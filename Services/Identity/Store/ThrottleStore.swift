import Models
import Postgres
import ServiceKit

/// Counts tries for all replicas together.
struct ThrottleStore: Sendable {
    let database: Database

    /// The most rows that one round of the sweep removes.
    static let sweepLimit = 5_000

    /// Takes one try, if there is one left.
    ///
    /// A crash may forget the last tries, so it does not wait for the disk.
    ///
    /// - Returns: `nil` when it was taken; otherwise how long it takes until the next one is there.
    func take(_ key: ThrottleKey, now: Timestamp) async throws -> Duration? {
        let rate = key.kind.rate
        let result = try await database.write(
            in: Self.scope,
            """
            WITH taken AS (
                INSERT INTO identity.throttle AS t (workspace_id, kind, bucket, restored_at)
                VALUES (\(Self.workspace), \(key.kind.rawValue), \(key.bucket), \(now.adding(rate.interval)))
                ON CONFLICT (workspace_id, kind, bucket) DO UPDATE
                SET restored_at = GREATEST(t.restored_at, \(now)) + \(rate.interval)
                WHERE t.restored_at <= \(now.adding(rate.memory - rate.interval))
                RETURNING t.restored_at
            )
            SELECT (SELECT count(*) FROM taken) AS taken, (
                SELECT restored_at FROM identity.throttle
                WHERE workspace_id = \(Self.workspace) AND kind = \(key.kind.rawValue) AND bucket = \(key.bucket)
            ) AS restored_at
            """)
        guard try result.value("taken", as: Int64.self) == 0 else { return nil }
        // What was read is what the row was before the statement; a row that was new at that moment is not seen.
        guard let restored = try result.value("restored_at", as: Timestamp?.self) else { return rate.interval }
        let wait = restored.microseconds - now.adding(rate.memory - rate.interval).microseconds
        return wait > 0 ? .microseconds(wait) : rate.interval
    }

    /// Gives a try back that turned out to be nobody's guess.
    func giveBack(_ key: ThrottleKey) async throws {
        _ = try await database.write(
            in: Self.scope,
            """
            UPDATE identity.throttle
            SET restored_at = restored_at - \(key.kind.rate.interval)
            WHERE workspace_id = \(Self.workspace) AND kind = \(key.kind.rawValue) AND bucket = \(key.bucket)
            """)
    }

    /// Removes rows whose tries are all back, at most ``sweepLimit`` at a time.
    ///
    /// - Returns: How many were removed.
    func sweep(now: Timestamp) async throws -> Int {
        let result = try await database.write(
            in: Self.scope,
            """
            WITH idle AS (
                SELECT kind, bucket FROM identity.throttle
                WHERE workspace_id = \(Self.workspace) AND restored_at <= \(now)
                ORDER BY kind, bucket
                LIMIT \(Int64(Self.sweepLimit))
                FOR UPDATE SKIP LOCKED
            ),
            removed AS (
                DELETE FROM identity.throttle AS t
                USING idle
                WHERE t.workspace_id = \(Self.workspace) AND t.kind = idle.kind AND t.bucket = idle.bucket
                RETURNING 1
            )
            SELECT count(*) AS removed FROM removed
            """)
        return Int(try result.value("removed", as: Int64.self))
    }

    private static let workspace = ID<Workspace>.nobodys
    private static let scope = Scope.workspace(workspace).adding("synchronous_commit", "off")
}
