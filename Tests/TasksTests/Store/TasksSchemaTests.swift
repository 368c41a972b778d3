import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Tasks' schema", .scratchDatabase(.tasks))
struct TasksSchemaTests {
    @Test("no table, key, policy, view or function of tasks breaks a rule but those listed (S-2, SC-1, SC-2)")
    func rules() async throws {
        let listed = try SchemaExceptions().offences.filter { $0.contains(" tasks.") }
        let audit = SchemaAudit(schemas: ["tasks"], exceptions: listed)
        try await ScratchDatabase.current.withDatabase { database in
            let offences = try await audit.offences(in: database)
            #expect(offences == [])
            let needless = try await audit.needless(in: database)
            #expect(needless == [])
        }
    }

    /// Columns of other types, which are in no condition, with why they are there.
    private static let others = [
        "tasks.task.estimate interval": "a length of time; shown, and added up",
        "tasks.task.tracked interval": "a length of time; shown, and added up",
        "tasks.time_entry.worked interval": "a length of time; shown, and added up",
        "tasks.reminder.before_due interval": "a length of time; taken from an instant",
        "tasks.series.estimate interval": "a length of time; shown",
        "tasks.series.made_before interval": "a length of time; taken from an instant",
        "tasks.comment.mentions jsonb": "ids as they were chosen; shown only, mentions have rows of their own",
    ]

    @Test("a filterable column is of a type whose comparisons are leakproof (DESIGN.md section 4)")
    func columnTypes() throws {
        let others = try Rows.of(
            """
            SELECT a.attrelid::regclass || '.' || a.attname || ' ' || a.atttypid::regtype
            FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'tasks'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
              AND a.atttypid NOT IN (
                'uuid'::regtype, 'text'::regtype, 'int8'::regtype, 'bool'::regtype, 'date'::regtype,
                'timestamptz'::regtype)
            """)
        #expect(Set(others) == Set(Self.others.keys))
    }

    /// What the service's role must not do, statement by statement.
    private static let forbidden: [SQL] = [
        "UPDATE tasks.task SET id = id", "UPDATE tasks.task SET workspace_id = workspace_id",
        "UPDATE tasks.task SET created_at = now()", "UPDATE tasks.task SET series_id = NULL", "DELETE FROM tasks.task",
        "TRUNCATE tasks.task", "UPDATE tasks.kind SET word = 'x'", "UPDATE tasks.kind SET id = id",
        "DELETE FROM tasks.kind", "UPDATE tasks.project SET id = id", "DELETE FROM tasks.project",
        "UPDATE tasks.comment SET text = 'x'", "DELETE FROM tasks.comment",
        "UPDATE tasks.mention SET user_id = user_id",
        "DELETE FROM tasks.mention", "UPDATE tasks.watcher SET user_id = user_id",
        "UPDATE tasks.dependency SET task_id = task_id", "UPDATE tasks.time_entry SET worked = worked",
        "UPDATE tasks.checklist_entry SET task_id = task_id", "UPDATE tasks.running_timer SET task_id = task_id",
        "DELETE FROM tasks.structure", "DELETE FROM tasks.reminder", "UPDATE tasks.reminder SET user_id = user_id",
        "DELETE FROM tasks.template", "UPDATE tasks.template SET id = id",
        "UPDATE tasks.project SET created_at = now()", "UPDATE tasks.milestone SET project_id = project_id",
        "UPDATE core.activity SET verb = 'x'", "DELETE FROM core.activity",
        "SELECT title FROM tickets.ticket", "UPDATE tickets.ticket SET title = 'x'",
        "SELECT name FROM customers.individual", "SELECT name FROM identity.user", "SELECT name FROM identity.team",
        "SELECT slug FROM identity.workspace",
    ]

    @Test("time of making and ids cannot be changed, nothing is deleted, and others' tables cannot be read")
    func grants() async throws {
        try await ScratchDatabase.current.withService(.tasks) { database in
            for statement in Self.forbidden {
                let state = await sqlState { _ = try await database.write(in: .workspace(.sample), statement) }
                #expect(state == "42501", "\(statement.text)")
            }
        }
    }

    @Test("a task that makes no sense is refused by the table too (F3)")
    func constraints() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            for change in [
                "title = ''", "status = 'closed'", "status = 'completed'", "ended_at = now()", "priority = 'critical'",
                "kind = 'No'", "subject_kind = 'ticket'", "subject_kind = 'user', subject_id = id, subject_label = 'x'",
                "assignee_name = 'Ada'", "team_id = id", "delegated_by_name = 'Ada'", "due_on = '2026-01-01'",
                "due_at = 'infinity'", "estimate = '0 seconds'", "estimate = '1001 hours'", "tracked = '-1 seconds'",
                "progress_percent = 101", "checklist_done = 1", "is_required = true", "parent_id = id",
                "milestone_id = id", "project_id = id", "board_rank = 'a'", "version = 0", "created_at = 'infinity'",
            ] {
                #expect(throws: (any Error).self, "\(change)") {
                    try Rows.run("UPDATE tasks.task SET \(change) WHERE id = '\(task.id)'")
                }
            }
        }
    }

    private func sqlState(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? PostgresError)?.sqlState
        }
    }
}
