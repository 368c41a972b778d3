import FoundationEssentials
import Models
import ServiceKit
import TestSupport

@testable import Tasks

extension ServiceDesk<TasksDefinition> {
    /// Adds a ticket that somebody has, or nobody, straight to the table; its id.
    @discardableResult
    func work(
        _ title: String, of person: Staff?, until: String? = nil, priority: Priority = .medium,
        status: TicketStatus = .open, team: ID<Team>? = nil
    ) throws -> String {
        let id = ID<Ticket>.make(at: .now)
        let title = title.replacing("'", with: "''")
        let number = try Rows.number("SELECT count(*) FROM tickets.ticket") + 260_115_001
        let ends: (completed: String, closed: String) =
            status == .closed ? ("now()", "now()") : (status == .completed ? "now()" : "NULL", "NULL")
        let (holder, queue) = (person.map { ("'\($0.id)'", "'\($0.name)'") }, team.map { ("'\($0)'", "'T'") })
        let isParked = until != nil && !status.hasEnded
        try Rows.run(
            """
            INSERT INTO tickets.ticket (
                workspace_id, id, case_number, title, description, category, priority, status, wait_reason, wait_until,
                owner_kind, memo, owner_label, assignee_id, assignee_name, team_id, team_name, created_at, updated_at,
                status_changed_at, completed_at, closed_at)
            VALUES ('\(company.id)', '\(id)', '\(number)', '\(title)', '\(title)', 'inquiry', '\(priority.rawValue)',
                '\(isParked ? "in_progress" : status.rawValue)', \(isParked ? "'scheduled'" : "NULL"),
                \(isParked ? "'\(until ?? "")'" : "NULL"), 'memo', 'M', 'A caller', \(holder?.0 ?? "NULL"),
                \(holder?.1 ?? "NULL"), \(queue?.0 ?? "NULL"), \(queue?.1 ?? "NULL"), now(), now(), now(),
                \(ends.completed), \(ends.closed))
            """)
        return id.description
    }

    /// Adds tickets and tasks of the agent, of others and of nobody straight to the tables, so many of each, of which
    /// one in three is due and one in ten left to do.
    func fillWork(_ count: Int) throws {
        let (agent, colleague) = (company.agent, company.colleague)
        let holder = """
            CASE n % 3 WHEN 0 THEN '\(agent.id)'::uuid WHEN 1 THEN '\(colleague.id)'::uuid END,
            CASE n % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'B' END,
            CASE n % 2 WHEN 0 THEN '\(company.team)'::uuid END, CASE n % 2 WHEN 0 THEN 'T' END,
            (ARRAY['low', 'medium', 'high', 'urgent'])[1 + n % 4], now(), now(), now()
            """
        let due = "CASE WHEN n % 7 < 3 THEN '2026-01-01'::timestamptz + n * interval '1 minute' END"
        try Rows.run(
            """
            INSERT INTO tickets.ticket (
                workspace_id, id, case_number, title, description, category, owner_kind, memo, owner_label, status,
                wait_reason, wait_until, completed_at, assignee_id, assignee_name, team_id, team_name, priority,
                created_at, updated_at, status_changed_at)
            SELECT '\(company.id)', gen_random_uuid(), (100000000 + n)::text, 'T', 'T', 'inquiry', 'memo', 'M', 'M',
                CASE WHEN n % 10 > 0 THEN 'completed' WHEN n % 7 < 3 THEN 'in_progress' ELSE 'open' END,
                CASE WHEN n % 10 = 0 AND n % 7 < 3 THEN 'parts' END, CASE WHEN n % 10 = 0 THEN \(due) END,
                CASE WHEN n % 10 > 0 THEN now() END, \(holder)
            FROM generate_series(1, \(count)) AS n;
            INSERT INTO tasks.task (
                workspace_id, id, title, kind, status, due_at, ended_at, assignee_id, assignee_name, team_id, team_name,
                priority, created_at, updated_at, status_changed_at)
            SELECT '\(company.id)', gen_random_uuid(), 'T', 'report', CASE WHEN n % 10 > 0 THEN 'completed' ELSE 'open'
                END, \(due), CASE WHEN n % 10 > 0 THEN now() END, \(holder)
            FROM generate_series(1, \(count)) AS n;
            ANALYZE tickets.ticket, tasks.task
            """)
    }
}
