import Models
import Postgres
import ServiceKit

/// The people, teams, customers and days that made-up tasks belong to, read from the views that their owners publish.
struct SeededWorkplace: Sendable {
    let agents: [NamedUser]
    let teams: [NamedTeam]
    /// Customers, as tasks are about them.
    let customers: [TaskSubject]
    private let dayEnds: [CalendarDate: Timestamp]

    /// The most customers that are used.
    private static let limit = 5_000
    /// The days around now on which tasks can be due.
    private static let days: ClosedRange<Int64> = -430...60

    /// Reads a workspace's.
    ///
    /// - Throws: ``NobodyToWork`` when there are no people, teams or customers; ``PostgresError``.
    init(of request: SeedRequest, in database: Database) async throws {
        let workspace = request.workspace
        agents = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, name FROM identity.person
            WHERE workspace_id = \(workspace) AND is_active AND role IN ('agent', 'manager')
            ORDER BY id
            LIMIT 500
            """, as: NamedRow<User>.self
        ).map { NamedUser(id: $0.id, name: $0.name) }
        teams = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, name FROM identity.team_card
            WHERE workspace_id = \(workspace) AND NOT is_deleted
            ORDER BY id
            LIMIT 500
            """, as: NamedRow<Team>.self
        ).map { NamedTeam(id: $0.id, name: $0.name) }
        customers = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT kind, id, label FROM customers.owner_card
            WHERE workspace_id = \(workspace) AND kind IN ('individual', 'organization') AND NOT is_deleted
            ORDER BY id
            LIMIT \(Int64(Self.limit))
            """, as: CustomerRow.self
        ).map(\.subject)
        guard !agents.isEmpty, !teams.isEmpty, !customers.isEmpty else { throw NobodyToWork() }
        let today = CalendarDate(daysSince1970: request.now.microseconds / 86_400_000_000)
        dayEnds = try await Self.ends(around: today, in: workspace, database)
    }

    /// The end of a day in the workspace's zone; `nil` for a day far from now.
    func end(of day: CalendarDate) -> Timestamp? { dayEnds[day] }

    private static func ends(
        around today: CalendarDate, in workspace: ID<Workspace>, _ database: Database
    ) async throws -> [CalendarDate: Timestamp] {
        let rows = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT d.day, (d.day + 1)::timestamp AT TIME ZONE z.time_zone AS day_end
            FROM identity.workspace_zone AS z,
                LATERAL (
                    SELECT \(today.adding(days: days.lowerBound)) + n AS day
                    FROM generate_series(0, \(Int32(days.upperBound - days.lowerBound))) AS n
                ) AS d
            WHERE z.workspace_id = \(workspace)
            LIMIT 1000
            """, as: DayRow.self)
        return Dictionary(rows.map { ($0.day, $0.end) }) { first, _ in first }
    }
}

/// A record by its name.
private struct NamedRow<Entity>: PostgresRow {
    static var columns: [String] { ["id", "name"] }
    let id: ID<Entity>
    let name: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        name = try row.decode("name")
    }
}

private struct CustomerRow: PostgresRow {
    static let columns = ["kind", "id", "label"]
    let subject: TaskSubject

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        subject = TaskSubject(
            kind: try row.decode("kind"), id: try row.decode("id"), label: try row.decode("label"))
    }
}

private struct DayRow: PostgresRow {
    static let columns = ["day", "day_end"]
    let day: CalendarDate
    let end: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        day = try row.decode("day")
        end = try row.decode("day_end")
    }
}

/// Tasks need people, teams and customers, which identity and customers make up first.
struct NobodyToWork: Error, CustomStringConvertible {
    var description: String { "the workspace has no people, no teams or no customers yet" }
}
