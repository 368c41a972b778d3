import Models
import Postgres

/// A job as the table holds it.
struct JobRow: PostgresRow {
    static let columns = [
        "id", "kind", "status", "slot", "ordered", "total", "position", "through", "done", "changed", "unchanged",
        "refused", "refusals", "failure", "created_by", "permissions", "request_id", "created_at", "started_at",
        "finished_at", "undo_until", "undone_by", "undo_permissions", "undo_request_id", "restored", "kept", "version",
    ]

    /// What the wire shows.
    var job: Job
    /// Its place among those under way.
    var slot: Int64?
    /// The body that it was begun with.
    let ordered: JSONValue
    /// The last record that was looked at.
    var position: ID<AnyRecord>
    /// The last record that may be looked at.
    let through: ID<AnyRecord>
    /// Whom it acts for.
    let principal: JobPrincipal
    /// Whom its undo acts for.
    var undoPrincipal: JobPrincipal?

    /// A job that waits for its first turn.
    init(_ job: Job, ordered: JSONValue, through: ID<AnyRecord>, principal: JobPrincipal) {
        self.job = job
        self.ordered = ordered
        position = .sample
        self.through = through
        self.principal = principal
    }

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        ordered = try Self.json(try row.decode("ordered"))
        slot = try row.decode("slot")
        position = try row.decode("position")
        through = try row.decode("through")
        principal = JobPrincipal(
            person: try row.decode("created_by"), permissions: try row.decode("permissions", as: [String].self),
            requestID: try row.decode("request_id"))
        let person: ID<User>? = try row.decode("undone_by")
        let permissions: [String]? = try row.decode("undo_permissions")
        let requestID: String? = try row.decode("undo_request_id")
        if let person, let permissions, let requestID {
            undoPrincipal = JobPrincipal(person: person, permissions: permissions, requestID: requestID)
        }
        job = Job(
            id: try row.decode("id"), kind: try row.decode("kind"), filter: ordered["filter"] ?? .null,
            change: ordered["change"] ?? .null, total: try row.decode("total"), createdBy: principal.person,
            createdAt: try row.decode("created_at"))
        try readProgress(row)
    }

    private mutating func readProgress(_ row: borrowing RowReader) throws(PostgresDecodingError) {
        job.status = try row.decode("status")
        job.done = try row.decode("done")
        job.changed = try row.decode("changed")
        job.unchanged = try row.decode("unchanged")
        job.refused = try row.decode("refused")
        job.refusals = try Self.refusals(try Self.json(try row.decode("refusals")))
        job.failure = try row.decode("failure")
        job.startedAt = try row.decode("started_at")
        job.finishedAt = try row.decode("finished_at")
        job.undo.possibleUntil = try row.decode("undo_until")
        job.undo.restored = try row.decode("restored")
        job.undo.kept = try row.decode("kept")
        job.version = try row.decode("version")
    }

    static func json(_ text: JSONText) throws(PostgresDecodingError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONParser.parse(text.utf8)
        } catch {
            throw .invalid("JSON that the database keeps: \(error.reason)")
        }
    }

    private static func refusals(_ value: JSONValue) throws(PostgresDecodingError) -> [JobRefusal] {
        guard let refusals = try? WireJSON.decode([JobRefusal].self, from: value) else {
            throw .invalid("refusals of another shape")
        }
        return refusals
    }
}

/// Whom a job or its undo acts for.
struct JobPrincipal: Sendable {
    /// The person.
    let person: ID<User>
    /// What their credential allowed when they asked.
    let permissions: [String]
    /// The request in which they asked: activity names it for each record.
    let requestID: String

    init(person: ID<User>, permissions: [String], requestID: String) {
        self.person = person
        self.permissions = permissions
        self.requestID = requestID
    }

    /// Reads a person's request.
    ///
    /// - Throws: ``Problem`` 403 for anybody but staff.
    init<Path, Query, Body>(_ call: Call<Path, Query, Body>) throws(Problem) {
        let principal = try call.principal
        guard principal.kind == .staff else { throw Problem(.forbidden, "Only somebody who works here can do this.") }
        person = try call.userID
        permissions = principal.permissions.map(\.rawValue).sorted()
        requestID = call.exchange.requestID
    }
}

extension JobStatus: PostgresEncodable, PostgresDecodable {
    /// Whether it has a place among the jobs under way.
    var isLive: Bool {
        switch self {
        case .queued, .running, .undoing: true
        case .completed, .cancelled, .failed, .undone: false
        }
    }
}
