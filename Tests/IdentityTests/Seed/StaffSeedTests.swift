import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("A made-up company", .scratchDatabase(.identity))
struct StaffSeedTests {
    private static func request(_ workspace: ID<Workspace>, seed: UInt64 = 7) throws -> SeedRequest {
        SeedRequest(
            workspace: workspace, tickets: 100, seed: seed, now: try #require(Timestamp("2026-03-01T09:00:00Z")))
    }

    @Test("has two managers, twelve agents and four teams with members, the same for the same seed")
    func staff() throws {
        let workspace = ID<Workspace>.make(at: .now)
        let staff = SeededStaff(try Self.request(workspace))
        #expect(staff.people.count(where: { $0.role == .manager }) == 2)
        #expect(staff.people.count(where: { $0.role == .agent }) == 12)
        #expect(Set(staff.people.map(\.email)).count == 14)
        #expect(staff.departments.count == 4 && staff.departments.allSatisfy { $0.members.count >= 3 })
        #expect(staff == SeededStaff(try Self.request(workspace)))
        #expect(staff != SeededStaff(try Self.request(workspace, seed: 8)))
    }

    @Test("is written once, with one row of activity for each version, however often and by whatever seed")
    func repeated() async throws {
        try await IdentityUnderTest.run { identity in
            let workspace = ID<Workspace>.make(at: .now)
            try await Self.make(workspace, in: identity.database)
            for seed in [7, 7, 8] as [UInt64] {
                let request = try Self.request(workspace, seed: seed)
                try await IdentityDefinition.seed(request, in: identity.database) { _ in }
            }
            let counts = try await identity.database.query(
                .scan, in: .workspace(workspace),
                """
                SELECT (SELECT count(*) FROM identity.user WHERE workspace_id = \(workspace)) AS people,
                    (SELECT count(*) FROM identity.team WHERE workspace_id = \(workspace)) AS teams,
                    (SELECT sum(version)::int8 FROM identity.team WHERE workspace_id = \(workspace)) AS versions,
                    (SELECT count(*) FROM core.activity
                        WHERE workspace_id = \(workspace) AND subject_kind = 'team') AS changes,
                    (SELECT count(*) FROM core.activity
                        WHERE workspace_id = \(workspace) AND subject_kind = 'user') AS additions
                """)
            #expect(try counts.value("people", as: Int64.self) == 14)
            #expect(try counts.value("teams", as: Int64.self) == 4)
            #expect(try counts.value("additions", as: Int64.self) == 14)
            let versions = try counts.value("versions", as: Int64.self)
            #expect(try counts.value("changes", as: Int64.self) == versions)
        }
    }

    /// A workspace without anybody in it.
    private static func make(_ workspace: ID<Workspace>, in database: Database) async throws {
        _ = try await database.write(
            in: .workspace(workspace),
            """
            INSERT INTO identity.workspace (workspace_id, slug, name, time_zone, created_at, updated_at)
            VALUES (\(workspace), 'made-up', 'Made up', 'Europe/Berlin', \(Timestamp.now), \(Timestamp.now))
            """)
    }
}
