import Models
import TestSupport

extension Company {
    /// Adds open tasks straight to the table, with values of some columns; `n` counts from 1.
    func fillTasks(_ count: Int, _ columns: String = "board_rank", _ values: String = "NULL::text") throws {
        try Rows.run(
            """
            INSERT INTO tasks.task (
                workspace_id, id, title, kind, status, priority, created_at, updated_at, status_changed_at, \(columns))
            SELECT '\(id)', gen_random_uuid(), 'filled ' || n, 'administrative', 'open', 'medium', now(), now(), now(),
                \(values)
            FROM generate_series(1, \(count)) AS n
            """)
    }
}
