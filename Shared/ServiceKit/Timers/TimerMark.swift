import Models
import Postgres

/// Where the next claim starts, so that it need not pass over the places that earlier claims have emptied.
///
/// No timer comes to stand below the mark but by a claim that failed in the middle: a new one is due no earlier than
/// the start of its transaction, which ends within 10 seconds, and a leased one is due at its lease's end. Each minute
/// a claim looks at everything all the same.
struct TimerMark: Sendable {
    /// The longest that a transaction can hold back a timer that is due.
    private static let margin: Duration = .seconds(10)
    private static let sweepInterval: Duration = .seconds(60)

    private var sweptAt: ContinuousClock.Instant?
    /// When a claim last found less than it asked for: whatever was due then is taken.
    private var exhaustedAt: ContinuousClock.Instant?
    /// Since when the oldest of the last claim's timers was due: whatever was due before it is taken.
    private var drainedTo: Timestamp?

    /// The earliest `due_at` that the next claim looks at.
    func lowerBound(at now: ContinuousClock.Instant) -> SQL {
        guard let sweptAt, now - sweptAt < Self.sweepInterval else { return "'-infinity'" }
        let drained = drainedTo.map { $0.adding(.zero - Self.margin) }
        guard let exhaustedAt else { return "coalesce(\(drained), '-infinity')" }
        return "greatest(now() - \(now - exhaustedAt + Self.margin), \(drained))"
    }

    /// Takes note of a claim that began at `start`.
    mutating func note(_ jobs: [TimerJob], limit: Int, since start: ContinuousClock.Instant) {
        if let sweptAt, start - sweptAt < Self.sweepInterval {} else { sweptAt = start }
        if jobs.count < limit {
            exhaustedAt = start
            drainedTo = nil
        } else {
            drainedTo = jobs.map(\.dueAt).min()
        }
    }
}
