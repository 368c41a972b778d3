import Models

@testable import Tasks

extension CalendarTask {
    /// A task of a test, due at half past nine of a winter's day.
    static func sample(_ change: (inout CalendarTask) -> Void = { _ in }) -> CalendarTask {
        var task = CalendarTask(
            uid: "0190a1b2@casebook.example", summary: "Call the customer", due: .at(.read("2026-01-15T08:30:00Z")),
            createdAt: .read("2026-01-02T03:04:05.678Z"), updatedAt: .read("2026-01-03T04:05:06.999Z"))
        change(&task)
        return task
    }

    /// The same, each week on Thursday at half past nine in Berlin.
    static func weekly(_ change: (inout CalendarTask) -> Void = { _ in }) throws -> CalendarTask {
        let rule = try RecurrenceRule("FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231")
        return sample {
            $0.recurrence = CalendarRecurrence(
                rule: rule, start: .read("2026-01-15T09:30:00"), zone: "Europe/Berlin",
                until: .read("2026-12-31T22:59:59Z"),
                exceptions: [.read("2026-03-26T09:30:00"), .read("2026-04-02T09:30:00")])
            change(&$0)
        }
    }
}

extension CalendarZone {
    /// Berlin's clock in 2026.
    static let berlin = CalendarZone(
        name: "Europe/Berlin", firstSeconds: 3_600,
        changes: [
            Change(at: .read("2026-03-29T01:00:00Z"), secondsBefore: 3_600, secondsAfter: 7_200),
            Change(at: .read("2026-10-25T01:00:00Z"), secondsBefore: 7_200, secondsAfter: 3_600),
        ])
}

extension LosslessStringConvertible {
    /// A value of a test's own text.
    static func read(_ text: String) -> Self {
        guard let value = Self(text) else { preconditionFailure("\(text) is no \(Self.self)") }
        return value
    }
}
