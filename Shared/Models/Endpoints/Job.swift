/// Work on every record that a filter means, done a few hundred at a time beside the requests.
///
/// Each record is changed as a request of its own would change it, with its own activity. A job survives the end of any
/// process, and can be undone for a time.
package struct Job: Codable, Sendable {
    /// The job's id.
    package let id: ID<Job>
    /// What it does: the name of the member of `change`.
    package let kind: String
    /// How far it is.
    package var status: JobStatus
    /// Which records, as it was asked for.
    package let filter: JSONValue
    /// What becomes of each, as it was asked for.
    package let change: JSONValue
    /// How many records the filter meant when the job was made.
    package let total: Int
    /// How many have been looked at; at the end fewer than `total` when some do not match any more.
    package var done: Int
    /// How many were changed.
    package var changed: Int
    /// How many were as they were to become.
    package var unchanged: Int
    /// How many a rule forbade to change; `items` names them.
    package var refused: Int
    /// Why, by the codes that a request of its own would have been answered; at most 16, the rest under `other`.
    package var refusals: [JobRefusal]
    /// Why the job, or its undo, failed: `permission_lost`, `internal_error`, or a word of the service.
    package var failure: String?
    /// Who began it; it does what this person may do at the moment.
    package let createdBy: ID<User>
    /// When it was made.
    package let createdAt: Timestamp
    /// When the first records were looked at.
    package var startedAt: Timestamp?
    /// When it ended: completed, cancelled or failed.
    package var finishedAt: Timestamp?
    /// Its way back.
    package var undo: JobUndo
    /// Counts changes of the job, its progress included.
    package var version: Int

    /// A job that waits for its first turn.
    package init(
        id: ID<Job>, kind: String, filter: JSONValue, change: JSONValue, total: Int, createdBy: ID<User>,
        createdAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        status = .queued
        self.filter = filter
        self.change = change
        self.total = total
        done = 0
        changed = 0
        unchanged = 0
        refused = 0
        refusals = []
        failure = nil
        self.createdBy = createdBy
        self.createdAt = createdAt
        startedAt = nil
        finishedAt = nil
        undo = JobUndo()
        version = 1
    }
}

/// How far a job is.
package enum JobStatus: String, WireWord {
    /// It waits for its first turn.
    case queued
    case running
    /// It has looked at every record.
    case completed
    /// Somebody stopped it; what it had changed stays changed.
    case cancelled
    /// It cannot go on; `failure` says why.
    case failed
    /// It is being taken back.
    case undoing
    /// It was taken back.
    case undone
}

/// How many records were refused for one reason.
package struct JobRefusal: Codable, Sendable, Equatable {
    /// The code of the problem.
    package let code: String
    /// How many records.
    package let count: Int

    /// Counts a reason.
    package init(code: String, count: Int) {
        self.code = code
        self.count = count
    }
}

/// The way back of a job: what it changed, and nobody since, becomes what it was.
package struct JobUndo: Codable, Sendable {
    /// Until when it can be asked for; null while the job runs.
    package var possibleUntil: Timestamp?
    /// How many records became what they were.
    package var restored: Int
    /// How many stay as they are, since somebody has changed them after the job.
    package var kept: Int

    /// Nothing is undone.
    package init() {
        possibleUntil = nil
        restored = 0
        kept = 0
    }
}

/// A record that a job was forbidden to change.
package struct JobItem: Codable, Sendable {
    /// The record's id.
    package let id: ID<JobItem>
    /// The code of the problem that a request of its own would have been answered.
    package let code: String
}

/// Which jobs a list shows.
package struct JobListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Whether to show only the caller's own.
    package let mine: Bool?
}
