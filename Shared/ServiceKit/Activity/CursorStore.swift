import FoundationEssentials
import Models
import Postgres

/// A consumer's place in the stream while this process holds its lease.
struct HeldCursor: Sendable {
    let lease: UUID
    var position: StreamPosition
    /// When half of the lease is over and it is to be renewed, by this process's own clock.
    let renewAt: ContinuousClock.Instant

    var isFresh: Bool { ContinuousClock.now < renewAt }
}

/// A workspace that has fallen behind the consumer's place, and how far it has come.
struct CursorLag: PostgresRow {
    static let columns = ["workspace_id", "xid", "activity_id", "take", "failures"]

    let workspace: ID<Workspace>
    let position: StreamPosition
    let take: Int
    let failures: Int

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        workspace = try row.decode("workspace_id")
        position = StreamPosition(xid: try row.decode("xid"), id: try row.decode("activity_id"))
        take = try row.decode("take")
        failures = try row.decode("failures")
    }
}

/// The next entries of a workspace that is behind.
struct CursorPiece: Sendable {
    let entries: [ActivityEntry]
    /// Where the workspace stands after them; `nil` when it has caught up.
    let end: StreamPosition?
}

/// Another process holds the consumer's lease: what was done without it is undone.
struct CursorLeaseLost: Error {}

/// Where one consumer stands: its rows in `core.cursor`.
///
/// The row of the nil workspace is the place in the whole stream.
///
/// Every move locks that row and compares its lease, so that no two processes move a consumer at once, and compares the
/// place that is moved from.
struct CursorStore: Sendable {
    let database: Database
    let service: ServiceName
    let consumer: String
    let start: ConsumerStart
    let limits: ConsumerLimits

    /// How many entries of the stream are looked through for those of one workspace.
    static let searchLimit = 2_000
    static let stream = ID<Workspace>.sample
    private static let end = "18446744073709551615"
    private static let endID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

    func options(isDurable: Bool) -> TransactionOptions {
        TransactionOptions(synchronousCommit: isDurable, deadline: limits.deadline)
    }

    // MARK: The lease

    /// Takes the lease, or renews the one held; `nil` while another process holds it.
    func acquire(_ lease: UUID) async throws(PostgresError) -> HeldCursor? {
        let began = ContinuousClock.now
        let first: SQL = start == .beginning ? "'0'::xid8" : "pg_snapshot_xmin(pg_current_snapshot())"
        let rows = try await database.write(
            in: .none.adding("synchronous_commit", "off"),
            """
            INSERT INTO core.cursor AS c (
                service, consumer, workspace_id, xid, activity_id, lease_id, leased_until)
            VALUES (
                \(service), \(consumer), \(Self.stream), \(first), \(StreamPosition.beginning.id), \(lease),
                now() + \(limits.lease))
            ON CONFLICT ON CONSTRAINT pk_cursor DO UPDATE
            SET lease_id = excluded.lease_id, leased_until = excluded.leased_until
            WHERE c.lease_id = excluded.lease_id OR c.leased_until < now() OR c.leased_until IS NULL
            RETURNING c.xid, c.activity_id
            """, as: PlaceRow.self)
        return rows.first.map {
            HeldCursor(lease: lease, position: $0.position, renewAt: began + limits.lease / 2)
        }
    }

    /// Gives the lease back, so that another process need not wait for its end.
    func release(_ held: HeldCursor) async {
        _ = try? await database.write(
            in: .none,
            """
            UPDATE core.cursor SET lease_id = NULL, leased_until = NULL
            WHERE \(row(Self.stream)) AND lease_id = \(held.lease)
            """)
    }

    // MARK: Reading

    /// The next entries of all workspaces, as far as none can come to stand between them any more.
    func window(after position: StreamPosition, limit: Int) async throws(PostgresError) -> [ActivityEntry] {
        try await database.query(
            .scan, in: .none,
            """
            SELECT \(columns: ActivityEntry.self)
            FROM core.activity_after(
                \(position.xid), \(position.id), \(Self.end)::text::xid8, \(Self.endID)::text::uuid, \(Int32(limit)))
            ORDER BY xid, id
            """, as: ActivityEntry.self)
    }

    /// Which of some workspaces are behind.
    func behind(among workspaces: Set<ID<Workspace>>) async throws(PostgresError) -> Set<ID<Workspace>> {
        let rows = try await lags("AND workspace_id = ANY (\(Array(workspaces)))", limit: workspaces.count)
        return Set(rows.map(\.workspace))
    }

    /// The workspaces that are behind and whose next try is due, the longest waiting first.
    func dueLags() async throws(PostgresError) -> [CursorLag] {
        try await lags("AND retry_at <= now()", limit: 20)
    }

    private func lags(_ condition: SQL, limit: Int) async throws(PostgresError) -> [CursorLag] {
        try await database.query(
            .scan, in: .none,
            """
            SELECT \(columns: CursorLag.self)
            FROM core.cursor
            WHERE service = \(service) AND consumer = \(consumer) AND workspace_id <> \(Self.stream) \(condition)
            ORDER BY retry_at
            LIMIT \(limit)
            """, as: CursorLag.self)
    }

    /// The next entries of a workspace that is behind, no further than the consumer's place in the whole stream.
    ///
    /// Entries that nobody wants are passed over by the window. After a failure each counts, so that the one at fault
    /// comes to stand alone.
    func piece(
        of lag: CursorLag, through end: StreamPosition, wants: (ActivityEntry) -> Bool
    ) async throws(PostgresError) -> CursorPiece {
        let take = min(lag.take, limits.take)
        let isWhole = lag.failures == 0 && lag.take >= limits.take && limits.take > 1
        let limit = isWhole ? max(take, limits.window) : take
        let range: SQL = """
            core.activity_after(
                \(lag.position.xid), \(lag.position.id), \(end.xid), \(end.id), \(Int32(Self.searchLimit)))
            """
        let entries = try await database.query(
            .scan, in: .none,
            """
            SELECT \(columns: ActivityEntry.self) FROM \(range)
            WHERE workspace_id = \(lag.workspace)
            ORDER BY xid, id
            LIMIT \(limit)
            """, as: ActivityEntry.self)
        let places = entries.indices.filter { wants(entries[$0]) }
        if isWhole, places.count > take {
            let piece = Array(entries[...places[take - 1]])
            return CursorPiece(entries: piece, end: piece.last?.position)
        }
        if entries.count == limit { return CursorPiece(entries: entries, end: entries.last?.position) }
        let searched = try await database.first(
            .scan, in: .none,
            """
            SELECT xid, id AS activity_id FROM \(range)
            ORDER BY xid, id
            OFFSET \(Self.searchLimit - 1)
            """, as: PlaceRow.self)
        return CursorPiece(entries: entries, end: searched?.position)
    }

    func row(_ workspace: ID<Workspace>) -> SQL {
        "service = \(service) AND consumer = \(consumer) AND workspace_id = \(workspace)"
    }
}

/// A place in the stream as a row of its own.
struct PlaceRow: PostgresRow {
    static let columns = ["xid", "activity_id"]

    let position: StreamPosition

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        position = StreamPosition(xid: try row.decode("xid"), id: try row.decode("activity_id"))
    }
}
