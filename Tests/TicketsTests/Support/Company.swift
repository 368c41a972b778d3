import Models
import TestSupport

/// A member of staff of a test.
struct Staff: Sendable, Hashable {
    let id: ID<User>
    let name: String
    let role: Role
}

/// A workspace of a test with its staff, teams and customers, written straight into the tables as a superuser.
struct Company: Sendable {
    let id: ID<Workspace>
    let administrator: Staff
    let manager: Staff
    let agent: Staff
    let colleague: Staff
    let viewer: Staff
    let billing: Staff
    /// Somebody who was deactivated.
    let gone: Staff
    let team = ID<Team>.make(at: .now)
    let otherTeam = ID<Team>.make(at: .now)
    /// A team that was dissolved.
    let dissolvedTeam = ID<Team>.make(at: .now)
    let individual = ID<Individual>.make(at: .now)
    let organization = ID<Organization>.make(at: .now)

    /// Names of teams and customers.
    static let (teamName, otherTeamName) = ("Support", "Workshop")
    static let (individualName, organizationName) = ("Grace Hopper", "Harbour Works")

    var staff: [Staff] { [administrator, manager, agent, colleague, viewer, billing, gone] }

    /// The member of staff with a role.
    subscript(role: Role) -> Staff { staff.first { $0.role == role } ?? agent }

    /// Makes a workspace in the test's database.
    init(zone: String = "Europe/Berlin", prefix: String = "") throws {
        func staff(_ name: String, _ role: Role) -> Staff {
            Staff(id: .make(at: .now), name: prefix + name, role: role)
        }
        id = .make(at: .now)
        administrator = staff("Root", .administrator)
        manager = staff("Maria", .manager)
        agent = staff("Ada", .agent)
        colleague = staff("Ben", .agent)
        viewer = staff("Vera", .viewer)
        billing = staff("Bill", .billing)
        gone = staff("Gus", .agent)
        try write(zone: zone, prefix: prefix)
    }

    private func write(zone: String, prefix: String) throws {
        let people = staff.map { person in
            """
            ('\(id)', '\(person.id)', '\(person.id)@a.example', '\(person.id)@a.example', '\(person.name)',
             '\(person.role.rawValue)', \(person.id != gone.id), now(), now())
            """
        }.joined(separator: ", ")
        try Rows.run(
            """
            INSERT INTO identity.workspace (workspace_id, slug, name, time_zone, created_at, updated_at)
            VALUES ('\(id)', 'w\(id.description.filter { $0 != "-" })', 'A company', '\(zone)', now(), now());
            INSERT INTO identity.user (
                workspace_id, id, email, email_key, name, role, is_active, created_at, updated_at)
            VALUES \(people);
            INSERT INTO identity.team (workspace_id, id, name, name_key, created_at, updated_at, deleted_at)
            VALUES ('\(id)', '\(team)', '\(prefix)\(Self.teamName)', 'support', now(), now(), NULL),
                ('\(id)', '\(otherTeam)', '\(prefix)\(Self.otherTeamName)', 'workshop', now(), now(), NULL),
                ('\(id)', '\(dissolvedTeam)', '\(prefix)Old', 'old', now(), now(), now());
            INSERT INTO customers.individual (workspace_id, id, name, name_key, created_at, updated_at)
            VALUES ('\(id)', '\(individual)', '\(prefix)\(Self.individualName)', 'grace hopper', now(), now());
            INSERT INTO customers.organization (workspace_id, id, name, name_key, created_at, updated_at)
            VALUES ('\(id)', '\(organization)', '\(prefix)\(Self.organizationName)', 'harbour works', now(), now());
            """)
    }
}

/// The test's database as a superuser sees it.
enum Rows {
    /// Runs SQL.
    static func run(_ sql: String) throws {
        let scratch = try ScratchDatabase.current
        _ = try scratch.cluster.sql(sql, database: scratch.name)
    }

    /// The rows of a query, columns separated by `|`.
    static func of(_ sql: String) throws -> [String] {
        let scratch = try ScratchDatabase.current
        return try scratch.cluster.sql(sql, database: scratch.name).split(separator: "\n").map(String.init)
    }

    /// The one number that a query answers.
    static func number(_ sql: String) throws -> Int {
        try of(sql).first.flatMap { Int($0) } ?? -1
    }

    /// How many rows of a table there are.
    static func count(_ table: String, where condition: String = "true") throws -> Int {
        try number("SELECT count(*) FROM \(table) WHERE \(condition)")
    }

    /// Every row of every table but the counters of case numbers, of which a refused request may use one up.
    static func everything() throws -> String {
        let tables = try of(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('tickets', 'core', 'customers', 'identity') AND tablename <> 'case_counter' ORDER BY 1
            """)
        return try tables.map { try of("SELECT t::text FROM \($0) AS t ORDER BY 1").joined(separator: "\n") }
            .joined(separator: "\n")
    }
}
