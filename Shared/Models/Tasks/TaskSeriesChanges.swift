/// Makes a series.
package struct CreateTaskSeries: Codable, Sendable {
    /// The rule (RFC 5545, RRULE), such as `FREQ=WEEKLY;BYDAY=MO`; a task comes round once a day at the most.
    package let rule: Text<RecurrenceText>
    /// The first date and the time of day of all; what lies before now makes no task.
    package let start: Text<WallClockTime>
    /// The time zone by whose clock tasks are due; the workspace's when it is not given.
    package let zone: Text<TimeZoneName>?
    /// What is to be done, in one line.
    package let title: Text<Label>
    /// What is to be done in full.
    package let description: Text<NoteText>?
    /// The word of the tasks' kind; `administrative` when it is not given.
    package let kind: Text<SnakeCaseWord>?
    /// How urgent the tasks are; `medium` when it is not given.
    package let priority: Priority?
    /// The record that the tasks are about.
    package let subject: TaskSubjectChoice?
    /// Who is to do them.
    package let assigneeID: ID<User>?
    /// The team whose queue they go to.
    package let teamID: ID<Team>?
    /// How long a task will take, in seconds.
    package let estimateSeconds: WorkSeconds?
    /// Whether the tasks' ticket cannot be completed before them; only with a ticket as the subject.
    package let isRequired: Bool?
    /// How long before it is due a task is made, in seconds; at most 30 days, and none when it is not given.
    package let madeBeforeSeconds: SeriesLeadSeconds?
}

/// Changes a series, or pauses it; what it has made stays as it is.
package struct UpdateTaskSeries: MergePatch {
    /// The rule; the next occurrence is found again from now on.
    package let rule: Text<RecurrenceText>?
    /// The first date and the time of day of all; the next occurrence is found again from now on.
    package let start: Text<WallClockTime>?
    /// The time zone; the next occurrence is found again from now on.
    package let zone: Text<TimeZoneName>?
    /// What is to be done, in one line.
    package let title: Text<Label>?
    /// What is to be done in full.
    package let description: Patch<Text<NoteText>>
    /// The word of the tasks' kind.
    package let kind: Text<SnakeCaseWord>?
    /// How urgent the tasks are.
    package let priority: Priority?
    /// The record that the tasks are about.
    package let subject: Patch<TaskSubjectChoice>
    /// Who is to do them.
    package let assigneeID: Patch<ID<User>>
    /// The team whose queue they go to.
    package let teamID: Patch<ID<Team>>
    /// How long a task will take, in seconds.
    package let estimateSeconds: Patch<WorkSeconds>
    /// Whether the tasks' ticket cannot be completed before them.
    package let isRequired: Bool?
    /// How long before it is due a task is made, in seconds.
    package let madeBeforeSeconds: SeriesLeadSeconds?
    /// Whether it makes no tasks for now; what passes meanwhile is not made up for.
    package let isPaused: Bool?
}

/// Leaves one occurrence of a series out.
package struct SkipOccurrence: Codable, Sendable {
    /// The occurrence, by the clock on the wall of the series' zone.
    package let occurrence: Text<WallClockTime>
}

/// The next occurrences of a series.
package struct SeriesOccurrences: Codable, Sendable {
    /// In order; fewer than asked for only at the end of the rule.
    package let items: [SeriesOccurrence]

    /// Takes occurrences.
    package init(items: [SeriesOccurrence]) {
        self.items = items
    }
}

/// One occurrence of a series.
package struct SeriesOccurrence: Codable, Sendable {
    /// When it is due, by the clock on the wall of the series' zone.
    package let occurrence: String
    /// The instant at which it is due.
    package let at: Timestamp

    /// Takes an occurrence in both forms.
    package init(occurrence: String, at: Timestamp) {
        self.occurrence = occurrence
        self.at = at
    }
}

/// How many occurrences are shown.
package struct SeriesOccurrencesQuery: Codable, Sendable {
    /// The most items; 50 when it is not given.
    package let limit: PageLimit?
}

/// How long before it is due something is made: up to 30 days.
package struct SeriesLeadSeconds: BoundedInteger {
    /// What the number may be.
    package static let range = 0...2_592_000
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// The text of a recurrence rule; what it says is checked by the service.
package enum RecurrenceText: TextRule {
    /// The least and the most characters.
    package static let length = 1...1_000
    /// The sentence for the reference.
    package static let summary = "A recurrence rule (RFC 5545, RRULE) of days, weeks, months or years."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }
}

/// A date and a time of day as a clock on a wall shows them.
package enum WallClockTime: TextRule {
    /// The least and the most characters.
    package static let length = 19...19
    /// The sentence for the reference.
    package static let summary = "A date and a time without a zone, such as `2026-03-29T09:30:00`; years 1970 to 2999."

    /// Refuses what no clock shows.
    package static func problem(in text: String) -> String? {
        let isShown = Timestamp("\(text)Z") != nil && text >= "1970" && text < "3000" && text.utf8.count == 19
        return isShown ? nil : "must be a date and a time such as 2026-03-29T09:30:00"
    }
}
