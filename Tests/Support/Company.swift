package import Models

/// A member of staff of a test.
package struct Staff: Sendable, Hashable {
    /// The person's id.
    package let id: ID<User>
    /// The person's name.
    package let name: String
    /// The person's role.
    package let role: Role

    /// Names a member of staff.
    package init(id: ID<User>, name: String, role: Role) {
        self.id = id
        self.name = name
        self.role = role
    }
}

/// A workspace of a test with its staff, teams and customers, written straight into the tables as a superuser.
package struct Company: Sendable {
    /// The workspace.
    package let id: ID<Workspace>
    /// An administrator.
    package let administrator: Staff
    /// A manager.
    package let manager: Staff
    /// An agent.
    package let agent: Staff
    /// Another agent.
    package let colleague: Staff
    /// A viewer.
    package let viewer: Staff
    /// Somebody of billing.
    package let billing: Staff
    /// Somebody who was deactivated.
    package let gone: Staff
    /// A team.
    package let team = ID<Team>.make(at: .now)
    /// Another team.
    package let otherTeam = ID<Team>.make(at: .now)
    /// A team that was dissolved.
    package let dissolvedTeam = ID<Team>.make(at: .now)
    /// A person among the customers.
    package let individual = ID<Individual>.make(at: .now)
    /// A company among the customers.
    package let organization = ID<Organization>.make(at: .now)

    /// The names of the teams.
    package static let (teamName, otherTeamName) = ("Support", "Workshop")
    /// The names of the customers.
    package static let (individualName, organizationName) = ("Grace Hopper", "Harbour Works")

    /// Everybody.
    package var staff: [Staff] { [administrator, manager, agent, colleague, viewer, billing, gone] }

    /// The member of staff with a role.
    package subscript(role: Role) -> Staff { staff.first { $0.role == role } ?? agent }

    /// Makes a workspace in the test's database.
    package init(zone: String = "Europe/Berlin", prefix: String = "") throws {
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
