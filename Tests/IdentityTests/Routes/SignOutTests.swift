import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Signing out everywhere", .scratchDatabase(.identity))
struct SignOutTests {
    @Test("a person ends all their sessions at once, here too, and nobody else's (S-15)")
    func own() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let second = try await identity.signIn("acme", agent.email)
            let answer = try await identity.send(.delete, "/v1/sessions", as: second.token)
            #expect(answer.status == 204)
            #expect(answer.header("Set-Cookie")?.hasPrefix("__Host-casebook=; ") == true)
            for session in [agent.session, second] {
                #expect(try await identity.exchange(session.credential).status == 401)
            }
            #expect(try await identity.exchange(acme.administrator.session.credential).status == 200)
            #expect(try await identity.count("identity.session", in: acme) == 1)
            #expect(try await identity.count("identity.directory", in: acme, where: "kind = 'session'") == 1)
            #expect(
                try await identity.count("identity.audit", in: acme, where: "event = 'signed_out_everywhere'") == 1)
        }
    }

    @Test("an administrator signs a person out everywhere, an agent nobody, and an unknown person is 404 (S-15, S-4)")
    func byAdministrator() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let path = "/v1/users/\(acme.administrator.id)/sessions"
            #expect(try await identity.send(.delete, path, as: agent.token).status == 403)
            let theirs = "/v1/users/\(agent.id)/sessions"
            #expect(try await identity.send(.delete, theirs, as: acme.administrator.token).status == 204)
            #expect(try await identity.exchange(agent.session.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", agent.email).status == 201)
            let unknown = "/v1/users/\(ID<User>.make(at: .now))/sessions"
            #expect(try await identity.send(.delete, unknown, as: acme.administrator.token).status == 404)
        }
    }

    @Test("three copies refuse the tokens of all ended sessions by the hints alone (S-15)")
    func copies() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let sessions = [agent.session, try await identity.signIn("acme", agent.email)]
            let verifiers = (0..<3).map { _ in
                TokenVerifier(clock: identity.clock.service) {
                    try await PublishedKeyStore(database: identity.database).keys()
                }
            }
            for verifier in verifiers {
                for session in sessions { _ = try await verifier.verify(session.token) }
            }
            let (ready, isReady) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for verifier in verifiers {
                    group.addTask {
                        await Self.follow(identity, verifier, until: Set(sessions.map(\.id))) { isReady.yield() }
                    }
                }
                group.addTask {
                    var listening = 0
                    for await _ in ready {
                        listening += 1
                        if listening == verifiers.count { break }
                    }
                    let path = "/v1/users/\(agent.id)/sessions"
                    let answer = try await identity.send(.delete, path, as: acme.administrator.token)
                    #expect(answer.status == 204)
                }
                try await group.waitForAll()
            }
            for verifier in verifiers {
                for session in sessions {
                    await #expect(throws: Problem.self) { try await verifier.verify(session.token) }
                }
                _ = try await verifier.verify(acme.administrator.token)
            }
        }
    }

    /// What a process does with hints, until it has heard of some credentials.
    private static func follow(
        _ identity: IdentityUnderTest, _ verifier: TokenVerifier, until awaited: Set<String>,
        whenListening: @Sendable () -> Void
    ) async {
        var awaited = awaited
        for await notification in identity.database.listen(to: [Revocation.channel]) {
            switch notification {
            case .resynchronise: whenListening()
            case .message(_, let payload):
                verifier.revoke(credential: payload)
                awaited.remove(payload)
                if awaited.isEmpty { return }
            }
        }
    }
}
