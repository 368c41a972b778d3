import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite("The roles of an installation")
struct ClusterRolesTests {
    @Test("S-12: a role signs in with its password and no other, and the server holds a verifier alone")
    func passwords() async throws {
        let cluster = try TestCluster { folder in
            let rules =
                "local all postgres trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
            try Data(rules.utf8).write(to: URL(filePath: "\(folder)/pg_hba.conf"))
        }
        let roles = ClusterRoles(services: [.identity: "right"], streamPassword: "stream")
        let administrator = Database(configuration: DatabaseConfiguration(url: cluster.url()))
        administrator.start()
        try await roles.apply(to: administrator)
        try await roles.apply(to: administrator)
        let stored = try await administrator.query(
            .point, in: .none, "SELECT rolpassword FROM pg_authid WHERE rolname = 'identity'")
        #expect(try stored.text("rolpassword")?.hasPrefix("SCRAM-SHA-256$4096:") == true)
        let settings = try await administrator.query(
            .point, in: .none, "SELECT array_to_string(rolconfig, ',') AS c FROM pg_roles WHERE rolname = 'identity'")
        #expect(try settings.text("c") == "idle_in_transaction_session_timeout=5s")
        for (user, password, isRight) in [
            ("identity", "right", true), ("identity", "wrong", false), ("casebook_stream", "stream", true),
            ("identity_owner", "right", false), ("core_keeper", "right", false),
        ] {
            let url = cluster.url(user: user).replacing("\(user)@", with: "\(user):\(password)@")
            var configuration = DatabaseConfiguration(url: url)
            configuration.outageGrace = .milliseconds(100)
            let database = Database(configuration: configuration)
            database.start()
            let isIn = (try? await database.ping()) != nil
            #expect(isIn == isRight, "\(user) with \(password)")
            await database.close()
        }
        await administrator.close()
    }

    @Test("a role that may pass over row-level security is refused")
    func mighty() async throws {
        let cluster = try TestCluster()
        _ = try cluster.sql("CREATE ROLE identity LOGIN BYPASSRLS")
        let administrator = Database(configuration: DatabaseConfiguration(url: cluster.url()))
        administrator.start()
        let roles = ClusterRoles(services: [.identity: "p"], streamPassword: "s")
        let refused = await #expect(throws: PostgresError.self) { try await roles.apply(to: administrator) }
        #expect(refused?.sqlState == "42501")
        await administrator.close()
    }

    @Test("nobody but the suite's roles comes into the database", .scratchDatabase(.core))
    func strangers() async throws {
        let scratch = try ScratchDatabase.current
        let rights = try await scratch.withDatabase { database in
            try await database.query(
                .point, in: .none,
                """
                SELECT count(*) AS n FROM pg_database AS d CROSS JOIN LATERAL aclexplode(d.datacl) AS g
                WHERE d.datname = current_database() AND g.grantee = 0
                """
            ).value("n", as: Int.self)
        }
        #expect(rights == 0)
    }
}
