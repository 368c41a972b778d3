/// The bounds of bulk jobs.
package struct JobLimits: Sendable {
    /// The most records of one turn: a record stays locked for as long as its turn takes, some tenths of a second.
    package var turn = 200
    /// The most records that one job may mean; the table's own check says the same.
    package static let records = 1_000_000
    /// The most jobs of one service that a workspace has under way; the table's own check says the same.
    package static let slots = 5
    /// The most reasons of refusals that are counted apart.
    static let reasons = 16
    /// How long a job can be undone after its end: until then it costs a row for each record.
    ///
    /// In a week somebody comes back from a weekend or a short holiday and sees what happened.
    package static let undoable: Duration = .seconds(7 * 86_400)
    /// How long a job is shown after its end.
    package static let kept: Duration = .seconds(30 * 86_400)
    /// How long after the time to undo its items are removed: clocks of services and database differ by less.
    static let sweepMargin: Duration = .seconds(3_600)
    /// The most items that are removed in one transaction.
    static let sweep = 5_000
    /// How soon a turn is tried again whose first record somebody else holds.
    static let heldDelay: Duration = .milliseconds(100)

    /// The bounds named at each property.
    package init() {}
}

extension TimerKind {
    /// The next turn of a job.
    package static let bulkJob = TimerKind(rawValue: "bulk_job")
    /// The end of what is kept of a job.
    package static let bulkJobSweep = TimerKind(rawValue: "bulk_job_sweep")
}
