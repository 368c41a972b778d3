import Models

/// The changes of a time zone's clock, from `tasks.clock_changes`.
struct CalendarZone: Hashable, Sendable {
    /// One change of the clock.
    struct Change: Hashable, Sendable {
        /// The first instant of the new offset.
        let at: Timestamp
        /// Seconds east of Greenwich before it.
        let secondsBefore: Int64
        /// Seconds east of Greenwich from it on.
        let secondsAfter: Int64
    }

    /// Its name, such as `Europe/Berlin`.
    let name: String
    /// Seconds east of Greenwich before the first of the changes.
    let firstSeconds: Int64
    /// The changes in order, over the time that the calendar shows.
    let changes: [Change]
}

extension CalendarZone {
    /// Writes it as a VTIMEZONE (RFC 5545, 3.6.5): one part for each change, after one for the time before them.
    func write(to lines: inout ContentLines) {
        lines.add("BEGIN", "VTIMEZONE")
        lines.add("TZID", name)
        let first = Change(
            at: Timestamp(microseconds: 0).adding(.seconds(-firstSeconds)), secondsBefore: firstSeconds,
            secondsAfter: firstSeconds)
        for change in [first] + changes {
            let kind = change.secondsAfter > change.secondsBefore ? "DAYLIGHT" : "STANDARD"
            lines.add("BEGIN", kind)
            // By the clock as it was before the change.
            let onset = CivilDateTime(utc: change.at).adding(seconds: change.secondsBefore)
            lines.add("DTSTART", onset.compact)
            lines.add("TZOFFSETFROM", Self.offset(change.secondsBefore))
            lines.add("TZOFFSETTO", Self.offset(change.secondsAfter))
            lines.add("END", kind)
        }
        lines.add("END", "VTIMEZONE")
    }

    /// `+0100`, `-0330`, with seconds where there are.
    private static func offset(_ seconds: Int64) -> String {
        let size = abs(seconds)
        let pairs = [size / 3_600, size / 60 % 60] + (size % 60 == 0 ? [] : [size % 60])
        return (seconds < 0 ? "-" : "+") + pairs.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }
}
