import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// What the live stream needs of an entry of activity.
struct StreamEntry: Sendable {
    let workspace: ID<Workspace>
    let point: StreamPoint
    let notice: ChangeNotice
}

/// What was found in one look at the stream.
struct StreamLook: Sendable {
    /// All visible entries after the point from which it looked, in order, up to a limit.
    let rows: [StreamEntry]
    /// Up to where they are final: nothing can come to stand before that any more.
    let end: StreamPoint
    /// Whether there may be more at once.
    let isFull: Bool
}

/// One row of a look: the oldest running transaction, and an entry where there is any.
struct StreamRow: PostgresRow {
    static let columns = [
        "horizon", "scanned", "workspace_id", "id", "subject_kind", "subject_id", "version", "xid",
    ]

    let horizon: UInt64
    let scanned: Int
    let entry: StreamEntry?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        horizon = try Self.number(try row.decode("horizon"))
        scanned = try row.decode("scanned")
        let workspace: ID<Workspace>? = try row.decode("workspace_id")
        let id: UUID? = try row.decode("id")
        let kind: String? = try row.decode("subject_kind")
        let subject: ID<ChangeNotice>? = try row.decode("subject_id")
        let version: Int64? = try row.decode("version")
        let xid: String? = try row.decode("xid")
        guard let workspace, let id, let kind, let subject, let version, let xid else {
            entry = nil
            return
        }
        entry = StreamEntry(
            workspace: workspace, point: StreamPoint(xid: try Self.number(xid), id: id),
            notice: ChangeNotice(kind: kind, id: subject, version: version))
    }

    private static func number(_ text: String) throws(PostgresDecodingError) -> UInt64 {
        guard let number = UInt64(text) else { throw .invalid("a transaction's id that is no number") }
        return number
    }
}
