import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

/// A workspace of a test, with its first administrator.
struct TestWorkspace: Sendable {
    let id: ID<Workspace>
    let slug: String
    let administrator: TestPerson
}

/// A person of a test, signed in.
struct TestPerson: Sendable {
    let id: String
    let email: String
    let password: String
    let session: TestSession
    var token: String { session.token }
}

/// A session of a test, with a token of it.
struct TestSession: Sendable {
    let id: String
    let credential: String
    let csrfToken: String
    let token: String
}

extension IdentityUnderTest {
    static let password = "correct horse battery"
    static let operatorCredential = "cbc_casebook_\(operatorSecret)"

    /// A token of the operator, in a workspace or in none.
    func operatorToken(in slug: String? = nil) async throws -> String {
        let place = slug.map { #", "workspace_slug": "\#($0)""# } ?? ""
        let answer = try await send(
            .post, "/v1/tokens", #"{"credential": "\#(Self.operatorCredential)"\#(place)}"#)
        return try #require(answer.json["token"]?.text, "\(String(decoding: answer.bytes, as: UTF8.self))")
    }

    /// Makes a workspace whose administrator is signed in.
    func makeWorkspace(_ slug: String = "acme") async throws -> TestWorkspace {
        let answer = try await send(
            .post, "/v1/workspaces", as: try await operatorToken(),
            """
            {"slug": "\(slug)", "name": "Company \(slug)", "time_zone": "Europe/Berlin", "administrator":
            {"email": "root@\(slug).example", "name": "Root", "password": "\(Self.password)"}}
            """)
        #expect(answer.status == 201, "\(String(decoding: answer.bytes, as: UTF8.self))")
        let workspace = try #require(answer.json["workspace"]?["id"]?.text.flatMap { ID<Workspace>($0) })
        let id = try #require(answer.json["administrator"]?["id"]?.text)
        let email = "root@\(slug).example"
        return TestWorkspace(
            id: workspace, slug: slug,
            administrator: TestPerson(
                id: id, email: email, password: Self.password, session: try await signIn(slug, email)))
    }

    /// Adds a user who is signed in.
    func addUser(_ role: Role, to workspace: TestWorkspace, name: String = "person") async throws -> TestPerson {
        let email = "\(name)-\(UInt32.random(in: 0 ..< .max))@\(workspace.slug).example"
        let answer = try await send(
            .post, "/v1/users", as: workspace.administrator.token,
            """
            {"email": "\(email)", "name": "\(name)", "role": "\(role.rawValue)", "password": "\(Self.password)"}
            """)
        #expect(answer.status == 201, "\(String(decoding: answer.bytes, as: UTF8.self))")
        return TestPerson(
            id: try #require(answer.json["id"]?.text), email: email, password: Self.password,
            session: try await signIn(workspace.slug, email))
    }

    func signInAnswer(_ slug: String, _ email: String, _ password: String = password) async throws -> TestAnswer {
        try await send(
            .post, "/v1/sessions",
            #"{"workspace": "\#(slug)", "email": "\#(email)", "password": "\#(password)"}"#,
            ["User-Agent": "Test/1"])
    }

    func signIn(_ slug: String, _ email: String, _ password: String = password) async throws -> TestSession {
        let answer = try await signInAnswer(slug, email, password)
        #expect(answer.status == 201, "\(String(decoding: answer.bytes, as: UTF8.self))")
        let cookie = try #require(answer.header("Set-Cookie"))
        let credential = String(cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
        return TestSession(
            id: try #require(answer.json["id"]?.text), credential: credential,
            csrfToken: try #require(answer.json["csrf_token"]?.text), token: try await token(credential))
    }

    func exchange(_ credential: String) async throws -> TestAnswer {
        try await send(.post, "/v1/tokens", #"{"credential": "\#(credential)"}"#)
    }

    func token(_ credential: String) async throws -> String {
        let answer = try await exchange(credential)
        return try #require(answer.json["token"]?.text, "\(String(decoding: answer.bytes, as: UTF8.self))")
    }

    /// How many rows a table has, seen by the service in a workspace.
    func count(_ table: String, in workspace: TestWorkspace, where condition: String = "true") async throws -> Int {
        let result = try await database.query(
            .scan, in: .workspace(workspace.id), "SELECT count(*) AS n FROM \(unsafe: table) WHERE \(unsafe: condition)"
        )
        return try result.value("n")
    }

    /// Adds users straight to the table, as a superuser, and removes some of those that were added last.
    ///
    /// Ids are random, so that writers add and remove before and behind whoever reads in order of ids.
    func fill(
        _ workspace: TestWorkspace, users: Int, removing removed: Int = 0, prefix: String = "filled"
    ) async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(
                in: .none,
                """
                INSERT INTO identity.user (workspace_id, id, email, email_key, name, role, created_at, updated_at)
                SELECT \(workspace.id), gen_random_uuid(), \(prefix) || n, \(prefix) || n, \(prefix), 'viewer', now(),
                    now()
                FROM generate_series(1, \(Int32(users))) AS n
                """)
            _ = try await database.write(
                in: .none,
                """
                DELETE FROM identity.user
                WHERE workspace_id = \(workspace.id) AND name = \(prefix) AND email_key IN (
                    SELECT \(prefix) || n FROM generate_series(1, \(Int32(removed))) AS n)
                """)
        }
    }

    /// The ids of the users of a name.
    func ids(of workspace: TestWorkspace, named name: String) async throws -> [String] {
        let result = try await database.query(
            .scan, in: .workspace(workspace.id),
            """
            SELECT string_agg(id::text, ' ') AS ids FROM identity.user
            WHERE workspace_id = \(workspace.id) AND name = \(name)
            """)
        return try result.text("ids").map { $0.split(separator: " ").map(String.init) } ?? []
    }
}
