import Models

/// A calendar of tasks in iCalendar (RFC 5545), for programs that subscribe to it.
///
/// As to-dos each task is one. As events, since many programs show nothing else, those that have a due time are: they
/// take half an hour from it, or the day, and keep nobody busy.
///
/// A task that comes round again stands with its rule in its own time zone, which the calendar then describes; others
/// stand in UTC.
struct CalendarText: Sendable {
    /// What tasks are written as.
    enum Components: String, CaseIterable, Sendable {
        case todos
        case events
    }

    /// What the calendar is called.
    let name: String
    /// Its tasks, in the order in which they are written.
    let tasks: [CalendarTask]
    /// The zones of the tasks that come round again; a zone that is missing is left to the reader to know.
    var zones: [CalendarZone] = []
    /// What tasks are written as.
    var components = Components.todos
    /// How often a program should ask again, in minutes.
    var refreshMinutes = 60

    /// For how long an event of a task lasts, in seconds.
    static let eventSeconds: Int64 = 1_800

    /// The whole calendar in UTF-8.
    var bytes: [UInt8] {
        var lines = ContentLines()
        lines.add("BEGIN", "VCALENDAR")
        lines.add("VERSION", "2.0")
        lines.add("PRODID", "-//Casebook//Tasks//EN")
        lines.add("CALSCALE", "GREGORIAN")
        lines.add("NAME", text: name)
        lines.add("X-WR-CALNAME", text: name)
        lines.add("REFRESH-INTERVAL;VALUE=DURATION", "PT\(refreshMinutes)M")
        lines.add("X-PUBLISHED-TTL", "PT\(refreshMinutes)M")
        let shown = components == .todos ? tasks : tasks.filter { $0.due != nil }
        let named = Set(shown.compactMap(\.zoneInUse))
        for zone in zones where named.contains(zone.name) { zone.write(to: &lines) }
        for task in shown {
            switch components {
            case .todos: task.writeTodo(to: &lines)
            case .events: task.writeEvent(to: &lines)
            }
        }
        lines.add("END", "VCALENDAR")
        return lines.bytes
    }
}
