import Models
import Postgres
import ServiceKit

/// The temporary tables of a batch, and the rows that are copied into them.
enum SeedTables {
    /// The columns of a task that a seed writes.
    static let taskList: SQL = """
        id, title, description, kind, status, priority, subject_kind, subject_id, subject_label, assignee_id,
        assignee_name, team_id, team_name, due_on, due_at, estimate, is_required, version, created_at, updated_at,
        status_changed_at, started_at, ended_at
        """
    static let taskColumns = taskList.text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    static let activityColumns = ["id", "subject_id", "version", "verb", "actor_id", "changes", "occurred_at"]

    static let temporary: [SQL] = [
        """
        CREATE TEMPORARY TABLE seeded_task (
            id uuid, title text, description text, kind text, status text, priority text, subject_kind text,
            subject_id uuid, subject_label text, assignee_id uuid, assignee_name text, team_id uuid, team_name text,
            due_on date, due_at timestamptz, estimate interval, is_required bool, version bigint,
            created_at timestamptz, updated_at timestamptz, status_changed_at timestamptz, started_at timestamptz,
            ended_at timestamptz
        ) ON COMMIT DROP
        """,
        """
        CREATE TEMPORARY TABLE seeded_activity (
            id uuid, subject_id uuid, version bigint, verb text, actor_id uuid, changes jsonb, occurred_at timestamptz
        ) ON COMMIT DROP
        """,
    ]

    static func task(_ made: SeededTask) -> [PostgresParameter?] {
        let task = made.task
        return [
            task.id.postgresParameter, task.title.postgresParameter, task.description?.postgresParameter,
            task.kind.postgresParameter, task.status.postgresParameter, task.priority.postgresParameter,
            task.subject?.kind.postgresParameter, task.subject?.id.postgresParameter,
            task.subject?.label.postgresParameter, task.assignee?.id.postgresParameter,
            task.assignee?.name.postgresParameter, task.team?.id.postgresParameter, task.team?.name.postgresParameter,
            task.dueOn?.postgresParameter, task.dueAt?.postgresParameter,
            task.estimateSeconds.map { Duration.seconds($0).postgresParameter }, task.isRequired.postgresParameter,
            Int64(task.version).postgresParameter, task.createdAt.postgresParameter, task.updatedAt.postgresParameter,
            task.statusChangedAt.postgresParameter, task.startedAt?.postgresParameter, task.endedAt?.postgresParameter,
        ]
    }

    static func activity(_ made: SeededTask, _ random: inout SeededRandom) -> [[PostgresParameter?]] {
        made.steps.map { step in
            [
                ID<ActivityEntry>.make(at: step.at, using: &random).postgresParameter,
                made.task.id.postgresParameter, Int64(step.version).postgresParameter,
                step.verb.rawValue.postgresParameter, step.actor.postgresParameter,
                JSONText(utf8: JSONWriter.bytes(of: step.changes)).postgresParameter, step.at.postgresParameter,
            ]
        }
    }
}
