import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Sessions", .scratchDatabase(.identity))
struct SessionTests {
    @Test("the current session shows the same CSRF token as the sign-in and the exchange (S-16)")
    func current() async throws {
        try await IdentityUnderTest.run { identity in
            let session = try await identity.makeWorkspace().administrator.session
            let current = try await identity.send(.get, "/v1/sessions/current", as: session.token)
            #expect(current.status == 200)
            #expect(current.json["id"]?.text == session.id)
            #expect(current.json["csrf_token"]?.text == session.csrfToken)
            #expect(try await identity.exchange(session.credential).json["csrf_token"]?.text == session.csrfToken)
        }
    }

    @Test("a session is over after 8 hours without use, and after 7 days in any case (S-15)")
    func ends() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let idle = acme.administrator.session.credential
            let busy = try await identity.signIn("acme", acme.administrator.email).credential
            for _ in 0..<23 {
                identity.clock.advance(by: .seconds(7 * 3_600))
                #expect(try await identity.exchange(busy).status == 200)
            }
            #expect(try await identity.exchange(idle).status == 401)
            identity.clock.advance(by: .seconds(7 * 3_600 - 1))
            #expect(try await identity.exchange(busy).status == 200)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.exchange(busy).status == 401)
        }
    }

    @Test("the time of last use is written at most once a minute")
    func lastUse() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let start = identity.clock.now
            func lastUse() async throws -> Timestamp {
                try await identity.database.query(
                    .point, in: .workspace(acme.id),
                    "SELECT last_used_at FROM identity.session WHERE workspace_id = \(acme.id)"
                ).value("last_used_at")
            }
            identity.clock.advance(by: .seconds(59))
            _ = try await identity.exchange(acme.administrator.session.credential)
            #expect(try await lastUse() == start)
            identity.clock.advance(by: .seconds(1))
            _ = try await identity.exchange(acme.administrator.session.credential)
            #expect(try await lastUse() == identity.clock.now)
        }
    }

    @Test("the list shows one's own live sessions, newest first, and marks the one that asks")
    func list() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let other = try await identity.addUser(.agent, to: acme)
            identity.clock.advance(by: .seconds(1))
            let second = try await identity.signIn("acme", acme.administrator.email)
            let answer = try await identity.send(.get, "/v1/sessions", as: second.token)
            #expect(
                answer.json["items"]?.items.compactMap { $0["id"]?.text } == [second.id, acme.administrator.session.id])
            #expect(answer.json["items"]?.items.compactMap { $0["is_current"]?.flag } == [true, false])
            #expect(answer.json["items"]?.items.first?["user_agent"]?.text == "Test/1")
            #expect(throws: Never.self) { try WireJSON.decode(Page<Session>.self, from: answer.bytes) }
            let theirs = try await identity.send(.get, "/v1/sessions", as: other.token)
            #expect(theirs.json["items"]?.items.count == 1)
        }
    }

    @Test("signing out clears the cookie, ends the session at once and is audited (S-15, S-21)")
    func signOut() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let session = acme.administrator.session
            let answer = try await identity.send(.delete, "/v1/sessions/current", as: session.token)
            #expect(answer.status == 204)
            #expect(answer.header("Set-Cookie")?.hasPrefix("__Host-casebook=; ") == true)
            #expect(answer.header("Set-Cookie")?.hasSuffix("Max-Age=0") == true)
            #expect(try await identity.exchange(session.credential).status == 401)
            #expect(try await identity.count("identity.session", in: acme) == 0)
            #expect(try await identity.count("identity.directory", in: acme, where: "kind = 'session'") == 0)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'signed_out'") == 1)
            #expect(try await identity.send(.delete, "/v1/sessions/current", as: session.token).status == 404)
        }
    }

    @Test("one ends one's own sessions and nobody else's (S-1)")
    func endOne() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let second = try await identity.signIn("acme", acme.administrator.email)
            let agent = try await identity.addUser(.agent, to: acme)
            let path = "/v1/sessions/\(second.id)"
            #expect(try await identity.send(.delete, path, as: agent.token).status == 404)
            #expect(try await identity.exchange(second.credential).status == 200)
            #expect(try await identity.send(.delete, path, as: acme.administrator.token).status == 204)
            #expect(try await identity.exchange(second.credential).status == 401)
            #expect(try await identity.send(.delete, path, as: acme.administrator.token).status == 404)
        }
    }

    @Test("ending a session tells the other processes within a second (SC-9)")
    func hint() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let ended = acme.administrator.session
            for await notification in identity.database.listen(to: [Revocation.channel]) {
                switch notification {
                case .resynchronise:
                    let answer = try await identity.send(.delete, "/v1/sessions/current", as: ended.token)
                    #expect(answer.status == 204)
                case .message(let channel, let payload):
                    #expect(channel == Revocation.channel)
                    #expect(payload == ended.id)
                    return
                }
            }
        }
    }

    @Test("sessions past their end are swept, with their lines in the directory, and live ones stay")
    func sweep() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            identity.clock.advance(by: .seconds(6 * 86_400))
            let live = try await identity.signIn("acme", acme.administrator.email)
            identity.clock.advance(by: .seconds(86_400))
            let store = SessionStore(database: identity.database)
            #expect(try await store.sweep(now: identity.clock.now) == 2)
            #expect(try await store.sweep(now: identity.clock.now) == 0)
            #expect(try await identity.count("identity.session", in: acme) == 1)
            #expect(try await identity.count("identity.session", in: bolt) == 0)
            #expect(try await identity.count("identity.directory", in: acme, where: "kind = 'session'") == 1)
            #expect(try await identity.count("identity.session", in: acme, where: "id = '\(live.id)'") == 1)
        }
    }
}
