import Models

extension CalendarTask {
    /// The most characters of what is to be done that a calendar shows.
    private static let detailLength = 2_000

    /// A task as a calendar shows it: its id names it everywhere (RFC 7986, 5.3).
    init(_ task: TaskItem) {
        self.init(
            uid: task.id.description, summary: task.title, details: task.description.map(Self.shortened),
            due: Self.due(of: task), priority: Self.priority(task.priority), status: Self.status(task.status),
            percentComplete: task.status == .completed ? 100 : task.progress.percent, createdAt: task.createdAt,
            updatedAt: task.updatedAt, completedAt: task.status == .completed ? task.endedAt : nil,
            sequence: Int64(task.version) - 1)
    }

    /// What is to come of a series as a calendar shows it, from its next occurrence on; `nil` when nothing is.
    ///
    /// The rule starts with that occurrence: a start that the rule does not match would count for one (RFC 5545,
    /// 3.8.5.3). Occurrences that have a task lie before it, so that none is shown twice.
    ///
    /// - Parameters:
    ///   - series: The series.
    ///   - plan: Its rule.
    ///   - exceptions: What is left out of it, in order; what has passed is not shown.
    ///   - until: The instant of the rule's last reading, where it has one.
    init?(_ series: TaskSeries, _ plan: SeriesPlan, leftOut exceptions: [CivilDateTime], until: Timestamp?) {
        guard let at = series.nextAt, let next = series.nextOccurrence.flatMap({ CivilDateTime($0) }) else {
            return nil
        }
        self.init(
            uid: series.id.description, summary: series.title, details: series.description.map(Self.shortened),
            due: .at(at),
            recurrence: CalendarRecurrence(
                rule: plan.rest(from: next), start: next, zone: series.zone, until: until,
                exceptions: exceptions.filter { $0 >= next }),
            priority: Self.priority(series.priority), createdAt: series.createdAt, updatedAt: series.updatedAt,
            sequence: Int64(series.version) - 1)
    }

    private static func shortened(_ text: String) -> String {
        text.count > detailLength ? String(text.prefix(detailLength)) + "\u{2026}" : text
    }

    private static func due(of task: TaskItem) -> Due? {
        if let day = task.dueOn.flatMap({ CivilDateTime(day: $0.daysSince1970) }) { return .on(day) }
        return task.dueAt.map(Due.at)
    }

    /// High is 1 to 4, medium 5, low 6 to 9 (RFC 5545, 3.8.1.9).
    private static func priority(_ priority: Priority) -> Int {
        switch priority {
        case .urgent: 1
        case .high: 3
        case .medium: 5
        case .low: 9
        }
    }

    private static func status(_ status: TaskStatus) -> Status {
        switch status {
        case .open: .needsAction
        case .inProgress: .inProcess
        case .completed: .completed
        case .cancelled: .cancelled
        }
    }
}
