package import Models
package import Postgres

/// One change of one record, as the stream holds it.
package struct ActivityEntry: PostgresRow {
    /// The columns, in the order of the stream's function.
    package static let columns = [
        "workspace_id", "id", "subject_kind", "subject_id", "version", "verb", "actor_kind", "actor_id",
        "actor_service", "changes", "request_id", "traceparent", "occurred_at", "xid",
    ]

    /// The record's workspace.
    package let workspace: ID<Workspace>
    /// The entry's own id, by which consumers know a repeat.
    package let id: ID<ActivityEntry>
    /// The kind of the record.
    package let subjectKind: RecordKind
    /// The record.
    package let subject: ID<AnyRecord>
    /// The record's version after the change.
    package let version: Int
    /// What was done.
    package let verb: ActivityVerb
    /// Who did it.
    package let actor: ActivityActor
    /// An object of `{"from": …, "to": …}` by field.
    package let changes: JSONText
    /// The request that did it.
    package let requestID: String
    /// The trace of that request, if it had one.
    package let traceparent: String?
    /// When it was done, by the clock of the service.
    package let occurredAt: Timestamp
    /// Where it stands in the stream.
    package let position: StreamPosition

    /// Reads an entry.
    package init(row: borrowing RowReader) throws(PostgresDecodingError) {
        workspace = try row.decode("workspace_id")
        id = try row.decode("id")
        subjectKind = RecordKind(rawValue: try row.decode("subject_kind"))
        subject = try row.decode("subject_id")
        version = try row.decode("version")
        verb = ActivityVerb(rawValue: try row.decode("verb"))
        actor = try Self.actor(
            kind: try row.decode("actor_kind"), id: try row.decode("actor_id"),
            service: try row.decode("actor_service"))
        changes = try row.decode("changes")
        requestID = try row.decode("request_id")
        traceparent = try row.decode("traceparent")
        occurredAt = try row.decode("occurred_at")
        position = StreamPosition(xid: try row.decode("xid"), id: id)
    }

    private static func actor(
        kind: String, id: ID<AnyRecord>?, service: String?
    ) throws(PostgresDecodingError) -> ActivityActor {
        switch (kind, id, service) {
        case ("user", let id?, nil): .user(id.of(User.self))
        case ("customer", let id?, nil): .customer(id)
        case ("rule", let id?, nil): .rule(id)
        case ("service", nil, let service?): .service(service)
        default: throw .invalid("an actor of kind \(kind) without its id or name")
        }
    }
}

/// A place in the stream: the transaction that wrote an entry, and the entry.
///
/// Ordered as the stream is read; see "Transaction ID and Snapshot Information Functions" in the PostgreSQL manual.
package struct StreamPosition: Hashable, Sendable {
    /// The 64-bit id of the transaction, as PostgreSQL's `xid8` writes it.
    let xid: TransactionID
    /// The entry's id.
    let id: ID<ActivityEntry>

    /// Before the first entry.
    package static let beginning = StreamPosition(
        xid: TransactionID(rawValue: 0), id: ID<ActivityEntry>.sample)
}

/// A transaction's id that does not wrap around: PostgreSQL's `xid8`.
struct TransactionID: Hashable, Sendable, PostgresEncodable, PostgresDecodable {
    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    static var postgresType: PostgresType { .xid8 }
    var postgresText: String { String(rawValue) }

    init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .xid8 else { throw .wrongType(expected: "TransactionID", actual: type) }
        guard let value = UInt64(postgresText) else { throw .malformed(expected: "TransactionID", actual: type) }
        rawValue = value
    }
}
