import Models

/// Time that is to be booked on a task.
struct TimeBooking: Sendable {
    /// Who worked.
    let user: NamedUser
    /// How long, in `DaySeconds.range`.
    let seconds: Int
    /// When the work began.
    let startedAt: Timestamp
    /// What was done.
    let note: String?

    /// What somebody says that they worked.
    ///
    /// - Throws: ``Problem`` 422 for a begin in the future.
    init(_ request: CreateTimeEntry, by user: NamedUser, at now: Timestamp) throws(Problem) {
        if let start = request.startedAt, start > now {
            throw Problem.invalidBody([FieldError("/started_at", .outOfRange, "must not lie in the future")])
        }
        self.user = user
        seconds = request.seconds.value
        startedAt = request.startedAt ?? now.adding(.zero - Duration.seconds(request.seconds.value))
        note = request.note?.value
    }

    /// What somebody's clock says: at least a second, and at most the last day of a clock that was forgotten.
    init(by user: NamedUser, since start: Timestamp, until now: Timestamp) {
        let passed = Int((now.microseconds - start.microseconds) / 1_000_000)
        self.user = user
        seconds = min(max(passed, DaySeconds.range.lowerBound), DaySeconds.range.upperBound)
        startedAt = start
        note = nil
    }

    /// The entry that it becomes.
    func entry(at now: Timestamp) -> TimeEntry {
        TimeEntry(
            id: .make(at: now), user: user, seconds: seconds, startedAt: startedAt, note: note, createdAt: now)
    }
}
