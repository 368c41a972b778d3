import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Identity's schema", .scratchDatabase(.identity))
struct SchemaTests {
    /// The only tables without a policy per workspace, of the exceptions that DESIGN.md section 4 lists.
    private static let exceptions = ["directory", "signing_key"]

    @Test("every table but the listed exceptions has row-level security enabled and forced (S-2)")
    func rowSecurity() throws {
        let open = try lines(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = 'identity'::regnamespace AND relkind IN ('r', 'p')
            AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname
            """)
        #expect(open == Self.exceptions)
        let policies = try lines(
            """
            SELECT DISTINCT pg_get_expr(polqual, polrelid) FROM pg_policy
            WHERE polrelid::regclass::text LIKE 'identity.%'
            """)
        #expect(policies == ["(workspace_id = (current_setting('casebook.workspace_id'::text))::uuid)"])
    }

    @Test("workspace_id leads every primary key, unique constraint, foreign key and index but the exceptions' (SC-1)")
    func leadingColumn() throws {
        let wrong = try lines(
            """
            SELECT i.indexrelid::regclass::text FROM pg_index AS i
            JOIN pg_class AS c ON c.oid = i.indrelid
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE c.relnamespace = 'identity'::regnamespace AND a.attname <> 'workspace_id'
            AND c.relname NOT IN ('directory', 'signing_key')
            UNION ALL
            SELECT o.conname::text FROM pg_constraint AS o
            JOIN pg_attribute AS a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1]
            WHERE o.connamespace = 'identity'::regnamespace AND o.contype IN ('p', 'u', 'f')
            AND a.attname <> 'workspace_id' AND o.conrelid::regclass::text NOT IN (
                'identity.directory', 'identity.signing_key')
            """)
        #expect(wrong.isEmpty)
    }

    @Test("the service's role owns nothing and passes no policy, and the owner cannot log in (S-2)")
    func roles() throws {
        #expect(try lines("SELECT relname FROM pg_class WHERE relowner = 'identity'::regrole").isEmpty)
        #expect(
            try lines(
                "SELECT rolname FROM pg_roles WHERE rolname LIKE 'identity%' AND (rolsuper OR rolbypassrls)"
            ).isEmpty)
        #expect(try lines("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'identity_owner'") == ["f"])
        let owners = try lines(
            """
            SELECT DISTINCT relowner::regrole::text FROM pg_class
            WHERE relnamespace = 'identity'::regnamespace
            """)
        #expect(owners == ["identity_owner"])
    }

    @Test("no trigger, no sequence and no default that draws from one (SC-2)")
    func portable() throws {
        #expect(
            try lines(
                """
                SELECT relname FROM pg_class WHERE relnamespace = 'identity'::regnamespace AND relkind = 'S'
                UNION ALL
                SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'identity.%'
                """
            ).isEmpty)
    }

    @Test("the service can neither change, remove nor truncate a line of the audit (S-21)")
    func auditIsAppendOnly() async throws {
        try await asRole("identity") { database in
            for statement: SQL in [
                "UPDATE identity.audit SET event = 'x'", "DELETE FROM identity.audit", "TRUNCATE identity.audit",
            ] {
                let state = await sqlState { _ = try await database.write(in: .workspace(.sample), statement) }
                #expect(state == "42501")
            }
        }
    }

    @Test("slug, time of making and ids cannot be changed by the service")
    func columnGrants() async throws {
        try await asRole("identity") { database in
            for statement: SQL in [
                "UPDATE identity.workspace SET slug = 'x'", "UPDATE identity.user SET created_at = now()",
                "UPDATE identity.user SET id = id", "DELETE FROM identity.user", "DELETE FROM identity.workspace",
                "UPDATE identity.session SET user_id = user_id", "UPDATE identity.api_key SET permissions = '{}'",
                "UPDATE identity.signing_key SET sealed = ''", "DELETE FROM identity.signing_key",
                "UPDATE identity.directory SET workspace_id = workspace_id",
            ] {
                let state = await sqlState { _ = try await database.write(in: .workspace(.sample), statement) }
                #expect(state == "42501", "\(statement.text)")
            }
        }
    }

    @Test("another service reads the published views of its workspace alone, and no table (S-2)")
    func publishedViews() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            for workspace in [acme, bolt] {
                let skill = try await identity.skill("S", in: workspace)
                let path = "/v1/users/\(workspace.administrator.id)/skills/\(skill)"
                let set = try await identity.send(.put, path, as: workspace.administrator.token, #"{"level": 3}"#)
                #expect(set.status == 204)
                let made = try await identity.send(
                    .post, "/v1/teams", as: workspace.administrator.token, #"{"name": "T"}"#)
                let member = "/v1/teams/\(made.json["id"]?.text ?? "")/members/\(workspace.administrator.id)"
                #expect(try await identity.send(.put, member, as: workspace.administrator.token).status == 204)
            }
            let scratch = try ScratchDatabase.current
            _ = try scratch.cluster.sql(
                """
                DO $$ BEGIN
                    CREATE ROLE neighbour LOGIN IN ROLE casebook_service;
                EXCEPTION WHEN duplicate_object THEN NULL;
                END $$
                """)
            try await asRole("neighbour") { database in
                let people = try await database.query(
                    .scan, in: .workspace(acme.id), "SELECT email, name, role, is_active FROM identity.person")
                #expect(people.count == 1)
                #expect(try people.text("email") == "root@acme.example")
                for (view, rows) in [
                    ("agent_availability", 1), ("agent_skill", 1), ("skill_card", 1), ("team_card", 1),
                    ("team_membership", 1), ("workspace_zone", 1),
                ] {
                    let seen = try await database.query(
                        .scan, in: .workspace(acme.id), "SELECT * FROM identity.\(unsafe: view)")
                    #expect(seen.count == rows, "\(view)")
                }
                let keys = try await database.query(.scan, in: .none, "SELECT kid FROM identity.verification_key")
                #expect(keys.count == 1)
                let unset = await sqlState {
                    _ = try await database.query(.scan, in: .none, "SELECT id FROM identity.person")
                }
                #expect(unset == "42704" || unset == "22P02")
                for table in try lines("SELECT tablename FROM pg_tables WHERE schemaname = 'identity'") {
                    let state = await sqlState {
                        _ = try await database.query(
                            .scan, in: .workspace(acme.id), "SELECT count(*) AS n FROM identity.\(unsafe: table)")
                    }
                    #expect(state == "42501", "\(table)")
                }
            }
        }
    }

    @Test("a signing key that has ended is published no more")
    func endedKey() async throws {
        try await IdentityUnderTest.run { identity in
            let store = PublishedKeyStore(database: identity.database)
            #expect(try await store.keys().count == 1)
            _ = try await identity.database.write(
                in: .none,
                "UPDATE identity.signing_key SET expires_at = now() WHERE created_at < now()")
            #expect(try await store.keys().isEmpty)
        }
    }

    private func lines(_ sql: String) throws -> [String] {
        let scratch = try ScratchDatabase.current
        return try scratch.cluster.sql(sql, database: scratch.name).split(separator: "\n").map(String.init)
    }

    private func asRole(_ role: String, _ body: (Database) async throws -> Void) async throws {
        var configuration = DatabaseConfiguration(url: try ScratchDatabase.current.url(user: role))
        configuration.hintConnection = false
        let database = Database(configuration: configuration)
        database.start()
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
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
