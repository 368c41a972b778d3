package import Models
package import Postgres

/// What a service says of its bulk jobs; ``BulkJobs`` does the rest.
///
/// A job keeps of each record that it changes a JSON object of what it was: the `values` of the record, closed fields
/// and ids only, never texts or personal data. A change and its undo are one thing: a statement that sets these values.
package protocol JobWork: Sendable {
    /// The body that begins a job: an object with the members `filter` and `change`.
    associatedtype Order: Codable & Sendable
    /// A record as decisions need it.
    associatedtype Record: JobRecord

    /// The kind of the records in the activity.
    var recordKind: RecordKind { get }
    /// The table of the records, such as `tickets.ticket`; its key is `workspace_id, id`, and it has a `version`.
    var table: SQL { get }
    /// The members of the values that the activity tells of; the others follow from them.
    var toldFields: [String] { get }
    /// What a caller must have to begin a job, and must still have at each turn.
    var permission: Permission { get }
    /// What a caller must have besides to cancel or undo what somebody else began.
    var oversight: Permission { get }

    /// Checks what was ordered, names and references too, and says what kind of change it is: a word.
    ///
    /// - Throws: ``Problem`` 422 with every wrong field.
    func kind(of order: Order, by asker: JobAsker) async throws -> String
    /// The conditions of the filter over the alias `t`; the asker's instant is that of the order.
    func conditions(of order: Order, by asker: JobAsker) -> [SQL]
    /// What becomes of locked records, in their order, by the rules of single requests. Where somebody holds just now
    /// what a record takes besides, only of those before it: the next turn begins there.
    ///
    /// - Throws: ``JobFailure`` when the job cannot go on at all; what a rule forbids of one record is a decision.
    func decide(_ records: [Record], _ order: Order, _ turn: JobTurn) async throws -> [JobDecision]
    /// What becomes of locked records that nobody has changed since the job did, in their order: by default each gets
    /// its old values. What is refused is kept as it is. It may stop short as ``decide(_:_:_:)`` does.
    func restore(_ records: [Record], to values: [JSONValue], _ turn: JobTurn) async throws -> [JobDecision]
    /// What jobs can change of a record; what a job did change is kept, and set again by an undo.
    func values(of record: Record) -> JSONValue
    /// The statement that gives each record of `decided` the values of its column `after`, counts its version up and
    /// returns `id` and `version`: `UPDATE … FROM decided AS d CROSS JOIN LATERAL jsonb_to_record(d.after) AS …`.
    func update(_ turn: JobTurn) -> SQL
    /// What else is written with the change of `order`: fragments of a `WITH` after `decided` and `changed`, the last
    /// of them called `alongside`; none of an undo.
    func alongside(_ order: Order, _ turn: JobTurn) -> SQL
}

extension JobWork {
    /// Nothing is written with the change.
    package func alongside(_ order: Order, _ turn: JobTurn) -> SQL { "alongside AS (SELECT 1 AS one)" }

    /// Each record becomes what it was.
    package func restore(_ records: [Record], to values: [JSONValue], _ turn: JobTurn) -> [JobDecision] {
        values.map { .changed(JobChange(after: $0, verb: .restored)) }
    }
}

/// A record that a job looks at.
package protocol JobRecord: PostgresRow {
    /// The record.
    var subject: ID<AnyRecord> { get }
    /// Its version.
    var version: Int { get }
}

/// Who asks for a job, in which workspace, and when.
package struct JobAsker: Sendable {
    /// The workspace.
    package let workspace: ID<Workspace>
    /// The person.
    package let person: ID<User>
    /// What they may do.
    package let permissions: Set<Permission>
    /// The instant.
    package let now: Timestamp

    /// Names whoever asks.
    package init(workspace: ID<Workspace>, person: ID<User>, permissions: Set<Permission>, now: Timestamp) {
        self.workspace = workspace
        self.person = person
        self.permissions = permissions
        self.now = now
    }

    /// The same person at another instant.
    func at(_ instant: Timestamp) -> JobAsker {
        JobAsker(workspace: workspace, person: person, permissions: permissions, now: instant)
    }
}

/// One turn of a job: a few hundred records in one transaction.
package struct JobTurn: Sendable {
    /// Whom the job acts for, with what they may do at this moment.
    package let asker: JobAsker
    /// What activity says of whoever acts; it has no key.
    package let context: WriteContext
    /// The open transaction, in which the records are locked.
    package let transaction: Transaction
}

/// What becomes of one record.
package enum JobDecision: Sendable {
    /// It is as it was to become.
    case unchanged
    /// A rule forbids it: the code of the problem that a request of its own would have been answered.
    case refused(String)
    /// It changes.
    case changed(JobChange)

    /// A rule forbids it.
    package static func refused(_ code: Problem.Code) -> JobDecision { .refused(code.word) }
}

/// How one record changes.
package struct JobChange: Sendable {
    /// The values that it comes to have.
    package let after: JSONValue
    /// What was done.
    package let verb: ActivityVerb
    /// What the activity tells besides the fields that differ, as `{"from": …, "to": …}` by field; the fragments that
    /// are written alongside find it as `extra`.
    package let extra: [JSONValue.Member]

    /// Describes a change.
    package init(after: JSONValue, verb: ActivityVerb, extra: [JSONValue.Member] = []) {
        self.after = after
        self.verb = verb
        self.extra = extra
    }
}

/// Why a job cannot go on: it ends as `failed`, with this word.
package struct JobFailure: Error, Sendable {
    /// A word, such as `permission_lost`.
    package let word: String

    /// Takes a word: a letter, then at most 39 letters and underscores.
    package init(_ word: String) {
        self.word = word
    }

    /// Whoever began it may not do this any more.
    package static let permissionLost = JobFailure("permission_lost")
    /// Its turns failed again and again for reasons of ours.
    package static let internalError = JobFailure("internal_error")
}

extension ActivityVerb {
    /// A job was undone, and the record became what it was before.
    package static let restored = ActivityVerb(rawValue: "restored")
}
