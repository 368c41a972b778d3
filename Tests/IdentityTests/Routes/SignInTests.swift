import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Identity

@Suite("Signing in and out", .scratchDatabase(.identity))
struct SignInTests {
    @Test("a person signs in and reads who they are")
    func signIn() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let me = try await identity.send(.get, "/v1/users/me", as: acme.administrator.token)
            #expect(me.status == 200)
            #expect(me.json["id"]?.text == acme.administrator.id)
            #expect(me.json["email"]?.text == "root@acme.example")
            #expect(me.json["role"]?.text == "administrator")
            #expect(me.json["workspace"]?["slug"]?.text == "acme")
            #expect(me.json["workspace"]?["time_zone"]?.text == "Europe/Berlin")
            #expect(me.json["teams"]?.items.isEmpty == true)
            #expect(throws: Never.self) { try WireJSON.decode(Me.self, from: me.bytes) }
        }
    }

    @Test("the secret travels in the cookie alone, which is __Host-, HttpOnly, Secure and SameSite=Lax (S-15)")
    func cookie() async throws {
        try await IdentityUnderTest.run { identity in
            _ = try await identity.makeWorkspace()
            let answer = try await identity.signInAnswer("acme", "ROOT@Acme.Example")
            #expect(answer.status == 201)
            let cookies = answer.headers[values: .setCookie]
            #expect(cookies.count == 2)
            let cookie = try #require(cookies.first)
            #expect(cookie.hasPrefix("__Host-casebook=cbs_"))
            #expect(cookie.hasSuffix("; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=604800"))
            let secret = try #require(cookie.split(separator: ";").first?.suffix(43))
            #expect(!String(decoding: answer.bytes, as: UTF8.self).contains(secret))
            let device = try #require(cookies.last)
            #expect(device.hasPrefix("__Host-casebook-device=cbd."))
            #expect(device.hasSuffix("; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=15552000"))
            #expect(answer.header("Cache-Control") == "no-store")
        }
    }

    @Test("unknown workspace, unknown user, wrong password and deactivated user get the same bytes (S-12, S-13)")
    func sameBytes() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let gone = try await identity.addUser(.agent, to: acme)
            let off = try await identity.send(
                .patch, "/v1/users/\(gone.id)", as: acme.administrator.token, #"{"is_active": false}"#)
            #expect(off.status == 200)
            let answers = [
                try await identity.signInAnswer("nowhere", "root@acme.example"),
                try await identity.signInAnswer("acme", "nobody@acme.example"),
                try await identity.signInAnswer("acme", "root@acme.example", "not the password"),
                try await identity.signInAnswer("acme", gone.email),
            ]
            for answer in answers {
                #expect(answer.status == 401)
                #expect(answer.bytes == answers[0].bytes)
                #expect(answer.header("Set-Cookie") == nil)
                #expect(answer.header("WWW-Authenticate") != nil)
            }
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'sign_in_failed'") == 3)
            #expect(
                try await identity.count(
                    "identity.audit", in: acme, where: "event = 'sign_in_failed' AND user_id IS NOT NULL") == 1)
        }
    }

    @Test("a known and an unknown user cost the same statements and the same one scrypt, twenty times each (S-13)")
    func sameWork() async throws {
        let work = WorkRecorder()
        try await IdentityUnderTest.run(observer: work) { identity in
            let acme = try await identity.makeWorkspace()
            var costs: Set<[String]> = []
            for number in 0..<20 {
                identity.clock.advance(by: .seconds(600))
                for email in [acme.administrator.email, "nobody-\(number)@acme.example"] {
                    work.forget()
                    let before = identity.hasher.asked
                    #expect(try await identity.signInAnswer("acme", email, "not the password").status == 401)
                    #expect(identity.hasher.asked - before == 1)
                    costs.insert(work.texts)
                }
            }
            #expect(costs.count == 1 && costs.first?.isEmpty == false, "\(costs)")
        }
    }

    @Test("a hash of another cost is replaced at sign-in, and its parameters with it (S-12)")
    func rehash() async throws {
        let now = ScryptCost(logRounds: 5, blockSize: 1, parallelism: 1)
        try await IdentityUnderTest.run(hasher: PasswordHasher(cost: now)) { identity in
            let acme = try await identity.makeWorkspace()
            let old = try await PasswordHasher(cost: IdentityUnderTest.cheap).hash(IdentityUnderTest.password)
            _ = try await identity.database.write(
                in: .workspace(acme.id),
                "UPDATE identity.password SET encoded = \(old.encoded) WHERE workspace_id = \(acme.id)")
            _ = try await identity.signIn("acme", "root@acme.example")
            let stored = try await identity.database.query(
                .point, in: .workspace(acme.id),
                "SELECT encoded FROM identity.password WHERE workspace_id = \(acme.id)")
            let encoded: String = try stored.value("encoded")
            #expect(encoded.hasPrefix("$scrypt$ln=5,r=1,p=1$"))
            _ = try await identity.signIn("acme", "root@acme.example")
        }
    }

    @Test("a sign-in beyond the queue is 503 with Retry-After, and starts nothing (S-12)")
    func overloaded() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            try await IdentityUnderTest.run(hasher: PasswordHasher(width: 0, waitingLimit: 0)) { busy in
                for email in [acme.administrator.email, "nobody@acme.example"] {
                    let answer = try await busy.signInAnswer("acme", email)
                    #expect(answer.status == 503)
                    #expect(answer.header("Retry-After") == "2")
                    #expect(answer.code == "unavailable")
                }
            }
            #expect(try await identity.count("identity.session", in: acme) == 1)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'sign_in_failed'") == 0)
        }
    }

    @Test("a password that was replaced or a user who was deactivated since it was compared starts no session (S-15)")
    func raced() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let store = SignInStore(database: identity.database)
            let found = try await store.candidate(acme.id, email: EmailKey(acme.administrator.email))
            let candidate = try #require(found)
            let reset = try await identity.send(
                .post, "/v1/users/\(acme.administrator.id)/password", as: acme.administrator.token,
                #"{"new_password": "another good one"}"#)
            #expect(reset.status == 204)
            let id = ID<Session>.make(at: identity.clock.now)
            let session = SessionStore.NewSession(
                id: id, credential: Credential.issue(.session, id: id.rawValue, random: systemRandomBytes),
                userAgent: nil, startedAt: identity.clock.now)
            let hasStarted = try await SessionStore(database: identity.database)
                .start(session, for: candidate, requestID: "test")
            #expect(!hasStarted)
            #expect(try await identity.count("identity.session", in: acme) == 0)
            #expect(try await identity.count("identity.directory", in: acme, where: "kind = 'session'") == 0)
        }
    }

    @Test("each sign-in is a new session, whatever cookie came with it (S-15)")
    func fixation() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let first = acme.administrator.session
            let answer = try await identity.send(
                .post, "/v1/sessions",
                #"{"workspace": "acme", "email": "root@acme.example", "password": "\#(IdentityUnderTest.password)"}"#,
                ["Cookie": "__Host-casebook=\(first.credential)"])
            #expect(answer.status == 201)
            #expect(answer.json["id"]?.text != first.id)
            #expect(answer.header("Set-Cookie")?.contains(first.credential) == false)
        }
    }
}

/// The texts of the statements that were sent, in their order.
private final class WorkRecorder: DatabaseObserver {
    private let sent = Mutex<[String]>([])

    var texts: [String] { sent.withLock { $0 } }

    func forget() { sent.withLock { $0.removeAll() } }

    func statementStarted(_ statement: SQL) { sent.withLock { $0.append(statement.text) } }

    func statementFinished(
        _ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?
    ) {}

    func connectionChanged(_ change: ConnectionChange) {}
}
