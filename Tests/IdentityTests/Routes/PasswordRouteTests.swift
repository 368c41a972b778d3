import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Choosing passwords", .scratchDatabase(.identity))
struct PasswordRouteTests {
    private static let next = "a much better one"

    @Test("with the old password a person sets a new one; the session that asks goes on, the others end (S-15)")
    func change() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let person = acme.administrator
            let other = try await identity.signIn("acme", person.email)
            let answer = try await identity.send(
                .post, "/v1/users/me/password", as: person.token,
                #"{"current_password": "\#(person.password)", "new_password": "\#(Self.next)"}"#)
            #expect(answer.status == 204)
            #expect(try await identity.exchange(person.session.credential).status == 200)
            #expect(try await identity.exchange(other.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", person.email).status == 401)
            #expect(try await identity.signInAnswer("acme", person.email, Self.next).status == 201)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'password_changed'") == 1)
        }
    }

    @Test("without the old password nothing changes")
    func wrongCurrent() async throws {
        try await IdentityUnderTest.run { identity in
            let person = try await identity.makeWorkspace().administrator
            let other = try await identity.signIn("acme", person.email)
            let answer = try await identity.send(
                .post, "/v1/users/me/password", as: person.token,
                #"{"current_password": "wrong", "new_password": "\#(Self.next)"}"#)
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/current_password"])
            #expect(try await identity.exchange(other.credential).status == 200)
            #expect(try await identity.signInAnswer("acme", person.email).status == 201)
        }
    }

    @Test("an administrator's reset ends every session of the person and is audited as such (S-21)")
    func reset() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let path = "/v1/users/\(agent.id)/password"
            let body = #"{"new_password": "\#(Self.next)"}"#
            #expect(try await identity.send(.post, path, as: agent.token, body).status == 403)
            #expect(try await identity.send(.post, path, as: acme.administrator.token, body).status == 204)
            #expect(try await identity.exchange(agent.session.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", agent.email).status == 401)
            #expect(try await identity.signInAnswer("acme", agent.email, Self.next).status == 201)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'password_reset'") == 1)
        }
    }

    @Test("a new password follows the rules wherever it is set (S-12)")
    func rules() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            for (path, extra) in [
                ("/v1/users/me/password", #""current_password": "\#(IdentityUnderTest.password)", "#),
                ("/v1/users/\(acme.administrator.id)/password", ""),
            ] {
                for password in ["short", "holds root inside of it", "holds ACME inside of it"] {
                    let answer = try await identity.send(
                        .post, path, as: acme.administrator.token, "{\(extra)\"new_password\": \"\(password)\"}")
                    #expect(answer.status == 422, "\(path) \(password)")
                    #expect(answer.pointers == ["/new_password"])
                }
            }
            #expect(try await identity.signInAnswer("acme", acme.administrator.email).status == 201)
        }
    }
}
