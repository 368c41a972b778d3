import Models
import Postgres
import ServiceKit

extension TaskDue {
    /// What is due then, as a condition on the columns `due_key` and `due_at` of a table or a view.
    ///
    /// What is due at no time has the last of all keys, so that an index finds where it begins.
    func condition(on table: SQL, at now: Timestamp, in workspace: ID<Workspace>) -> SQL {
        switch self {
        case .overdue: "\(table).due_key < \(now)"
        case .today: "\(table).due_key <= \(Self.endOfDay(1, after: now, in: workspace))"
        case .week: "\(table).due_key <= \(Self.endOfDay(7, after: now, in: workspace))"
        case .none: "\(table).due_key = '9999-12-31T23:59:59.999999Z'::timestamptz AND \(table).due_at IS NULL"
        }
    }

    /// The end of today, for one day, or of a later day, by the days of the workspace.
    private static func endOfDay(_ days: Int, after now: Timestamp, in workspace: ID<Workspace>) -> SQL {
        """
        (SELECT ((\(now) AT TIME ZONE z.time_zone)::date + \(days)::integer)::timestamp AT TIME ZONE z.time_zone
            FROM identity.workspace_zone AS z WHERE z.workspace_id = \(workspace))
        """
    }
}
