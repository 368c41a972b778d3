import Models
import Postgres
import ServiceKit

extension CopiedName {
    /// The names that tasks and series copy.
    ///
    /// Indexes: ix_task_subject, ix_task_assignee, ix_task_delegated_by, ix_task_team, ix_series_subject,
    /// ix_series_assignee, ix_series_team.
    static let ofTasks =
        copies(in: "tasks.task", of: .task, timers: "refresh")
        + [
            CopiedName(
                of: .person, in: "tasks.task", of: .task, id: "delegated_by_id", copy: "delegated_by_name",
                timer: "refresh_delegator")
        ] + copies(in: "tasks.series", of: .taskSeries, timers: "refresh_series")

    /// What both copy: the subject's label, and the names of who is to do it and of the team.
    private static func copies(in table: SQL, of copier: RecordKind, timers: String) -> [CopiedName] {
        let subjects: [(Source, String)] = [
            (.ticket, "ticket"), (.individual, "individual"), (.organization, "organization"),
        ]
        return subjects.map { source, word in
            CopiedName(
                of: source, in: table, of: copier, id: "subject_id", copy: "subject_label", timer: "\(timers)_\(word)")
        } + [
            CopiedName(
                of: .person, in: table, of: copier, id: "assignee_id", copy: "assignee_name",
                timer: "\(timers)_assignee"),
            CopiedName(of: .team, in: table, of: copier, id: "team_id", copy: "team_name", timer: "\(timers)_team"),
        ]
    }
}

extension CopiedName.Source {
    /// Tickets, whose label has the first line of the description: of the many changes of a ticket few touch it.
    static let ticket = CopiedName.Source(
        RecordKind(rawValue: "ticket"), in: "tickets.ticket_card", name: "label",
        renames: { $0.verb == .updated && $0.changes.postgresText.contains("\"description\"") })
}
