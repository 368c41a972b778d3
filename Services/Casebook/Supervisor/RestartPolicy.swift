/// How long to wait before a process that ended by itself is started again: 0.2 s, doubled each time up to 10 s, and
/// from the beginning after a run of half a minute.
struct RestartPolicy: Sendable, Equatable {
    static let first = Duration.milliseconds(200)
    static let longest = Duration.seconds(10)
    static let stableAfter = Duration.seconds(30)

    private var next = Self.first

    /// The delay before the next start of a process that ran for so long.
    mutating func delay(afterLiving lived: Duration) -> Duration {
        if lived >= Self.stableAfter { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
