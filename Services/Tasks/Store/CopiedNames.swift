import Models
import Postgres
import ServiceKit

extension CopiedName {
    /// The names that tasks copy.
    ///
    /// Indexes: ix_task_subject, ix_task_assignee, ix_task_delegated_by, ix_task_team.
    static let ofTasks = [
        subject(of: .ticket, timer: "refresh_ticket"),
        subject(of: .individual, timer: "refresh_individual"),
        subject(of: .organization, timer: "refresh_organization"),
        CopiedName(
            of: .person, in: "tasks.task", of: .task, id: "assignee_id", copy: "assignee_name",
            timer: "refresh_assignee"),
        CopiedName(
            of: .person, in: "tasks.task", of: .task, id: "delegated_by_id", copy: "delegated_by_name",
            timer: "refresh_delegator"),
        CopiedName(of: .team, in: "tasks.task", of: .task, id: "team_id", copy: "team_name", timer: "refresh_team"),
    ]

    private static func subject(of source: Source, timer: String) -> CopiedName {
        CopiedName(
            of: source, in: "tasks.task", of: .task, id: "subject_id", copy: "subject_label", timer: timer)
    }
}

extension CopiedName.Source {
    /// Tickets, whose label has the first line of the description: of the many changes of a ticket few touch it.
    static let ticket = CopiedName.Source(
        RecordKind(rawValue: "ticket"), in: "tickets.ticket_card", name: "label",
        renames: { $0.verb == .updated && $0.changes.postgresText.contains("\"description\"") })
}
