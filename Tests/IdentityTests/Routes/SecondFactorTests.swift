import FoundationEssentials
import HTTPTypes
import Logging
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Second factors", .scratchDatabase(.identity))
struct SecondFactorTests {
    @Test("after enrolment a password brings a challenge, and a code with it a session (S-14)")
    func twoSteps() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let app = try await identity.enrol(acme.administrator)
            #expect(app.codes.count == 10)
            let state = try await identity.send(
                .get, "/v1/users/me/second-factor", as: acme.administrator.token)
            #expect(state.json["is_confirmed"]?.flag == true)
            #expect(state.json["recovery_codes_left"]?.whole == 10)

            let first = try await identity.signInAnswer("acme", acme.administrator.email)
            #expect(first.status == 401)
            #expect(first.code == "second_factor_required")
            #expect(first.headers[values: .setCookie].isEmpty)
            let challenge = try #require(first.json["challenge"]?.text)
            identity.clock.advance(by: .seconds(30))
            let second = try await identity.prove(challenge, app.code(at: identity.clock.now))
            #expect(second.status == 201)
            let cookies = second.headers[values: .setCookie]
            #expect(cookies.map { $0.prefix { $0 != "=" } } == ["__Host-casebook", "__Host-casebook-device"])
            #expect(second.json["is_restricted"]?.flag == false)
            #expect(
                try await identity.count(
                    "identity.audit", in: acme,
                    where: "event = 'signed_in' AND detail = '{\"second_factor\": \"app\"}'") == 1)
        }
    }

    @Test("a code works once, of two copies that are shown it at the same moment one starts a session (S-14)")
    func once() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let app = try await identity.enrol(acme.administrator)
            try await IdentityUnderTest.run(clock: identity.clock) { copy in
                identity.clock.advance(by: .seconds(30))
                let code = app.code(at: identity.clock.now)
                let challenge = try await identity.challenge("acme", acme.administrator.email)
                async let one = identity.prove(challenge, code)
                async let other = copy.prove(challenge, code)
                let answers = try await [one, other]
                #expect(answers.map(\.status).sorted() == [201, 401])
                #expect(try await copy.prove(challenge, code).status == 401)
                // Nor does the code of a step before it.
                let earlier = app.code(at: identity.clock.now.adding(.seconds(-30)))
                #expect(try await identity.prove(challenge, earlier).status == 401)
            }
        }
    }

    @Test("each recovery code takes the place of the app's once, however it is typed (S-14)")
    func recovery() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let app = try await identity.enrol(acme.administrator)
            let challenge = try await identity.challenge("acme", acme.administrator.email)
            let code = try #require(app.codes.first)
            #expect(try await identity.prove(challenge, code.uppercased()).status == 201)
            #expect(try await identity.prove(challenge, code).status == 401)
            #expect(try await identity.prove(challenge, app.codes[1].replacing("-", with: " ")).status == 201)
            #expect(try await identity.count("identity.recovery_code", in: acme, where: "used_at IS NULL") == 8)
            #expect(
                try await identity.count("identity.audit", in: acme, where: "event = 'recovery_code_used'") == 2)
            identity.clock.advance(by: .seconds(30))
            let anew = try await identity.send(
                .post, "/v1/users/me/second-factor/recovery-codes", as: acme.administrator.token,
                #"{"code": "\#(app.code(at: identity.clock.now))"}"#)
            #expect(anew.status == 200)
            #expect(anew.json["codes"]?.items.count == 10)
            #expect(try await identity.prove(challenge, app.codes[2]).status == 401)
            let fresh = try #require(anew.json["codes"]?.items.first?.text)
            #expect(try await identity.prove(challenge, fresh).status == 201)
        }
    }

    @Test("a challenge ends after five minutes, with the password, and nobody can make one (S-14)")
    func challenges() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let app = try await identity.enrol(acme.administrator)
            let challenge = try await identity.challenge("acme", acme.administrator.email)
            for wrong in ["cbt_", "cbt_AAAA", String(challenge.dropLast(2)) + "AA", "x"] {
                #expect(try await identity.prove(wrong, app.codes[0]).status == 401)
            }
            identity.clock.advance(by: SignInChallenge.lifetime)
            #expect(try await identity.prove(challenge, app.codes[0]).status == 401)
            let other = try await identity.challenge("acme", acme.administrator.email)
            let token = try await identity.token(acme.administrator.session.credential)
            let changed = try await identity.send(
                .post, "/v1/users/me/password", as: token,
                #"{"current_password": "\#(IdentityUnderTest.password)", "new_password": "another good one"}"#)
            #expect(changed.status == 204)
            #expect(try await identity.prove(other, app.codes[0]).status == 401)
            #expect(try await identity.count("identity.recovery_code", in: acme, where: "used_at IS NULL") == 10)
        }
    }

    @Test("five wrong codes are the last for a while, and a right one with them is refused too (S-13, S-14)")
    func guesses() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let app = try await identity.enrol(acme.administrator)
            let challenge = try await identity.challenge("acme", acme.administrator.email)
            for _ in 0..<5 { #expect(try await identity.prove(challenge, "000000").status == 401) }
            let refused = try await identity.prove(challenge, app.codes[0])
            #expect(refused.status == 429)
            #expect(refused.header("Retry-After") == "60")
            #expect(
                try await identity.count("identity.audit", in: acme, where: "event = 'second_factor_failed'") == 5)
        }
    }

    @Test("where the workspace asks for it, a session without it may do nothing but set it up (S-14)")
    func policy() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let person = acme.administrator
            let set = try await identity.send(
                .patch, "/v1/workspaces/current", as: person.token, #"{"requires_second_factor": true}"#)
            #expect(set.status == 200)
            #expect(set.json["requires_second_factor"]?.flag == true)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'policy_changed'") == 1)
            for session in [person.session, try await identity.signIn("acme", person.email)] {
                let token = try await identity.token(session.credential)
                #expect(try await identity.send(.get, "/v1/users", as: token).status == 403)
                #expect(try await identity.send(.get, "/v1/users/me/second-factor", as: token).status == 200)
                let current = try await identity.send(.get, "/v1/sessions/current", as: token)
                #expect(current.json["is_restricted"]?.flag == true)
            }
            let app = try await identity.enrol(person)
            let challenge = try await identity.challenge("acme", person.email)
            let answer = try await identity.prove(challenge, app.codes[0])
            let token = try await identity.token(try Self.credential(in: answer))
            #expect(try await identity.send(.get, "/v1/users", as: token).status == 200)
            let body = #"{"current_password": "\#(IdentityUnderTest.password)", "code": "\#(app.codes[1])"}"#
            let refused = try await identity.send(.post, "/v1/users/me/second-factor/disable", as: token, body)
            #expect(refused.status == 409)
        }
    }

    @Test("it is taken away by password and code, or by an administrator when the device is lost, never by less (S-14)")
    func removal() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let app = try await identity.enrol(agent)
            func disable(_ password: String, _ code: String) async throws -> Int {
                try await identity.send(
                    .post, "/v1/users/me/second-factor/disable", as: agent.token,
                    #"{"current_password": "\#(password)", "code": "\#(code)"}"#
                ).status
            }
            #expect(try await disable("wrong", app.codes[0]) == 422)
            #expect(try await disable(IdentityUnderTest.password, "000000") == 422)
            #expect(try await disable(IdentityUnderTest.password, app.codes[0]) == 204)
            #expect(try await disable(IdentityUnderTest.password, app.codes[1]) == 409)
            #expect(try await identity.signInAnswer("acme", agent.email).status == 201)

            let again = try await identity.enrol(agent)
            #expect(again.secret != app.secret)
            let path = "/v1/users/\(agent.id)/second-factor"
            #expect(try await identity.send(.delete, path, as: agent.token).status == 403)
            #expect(try await identity.send(.delete, path, as: acme.administrator.token).status == 204)
            #expect(try await identity.send(.delete, path, as: acme.administrator.token).status == 404)
            #expect(try await identity.exchange(agent.session.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", agent.email).status == 201)
            #expect(try await identity.count("identity.recovery_code", in: acme) == 0)
        }
    }

    @Test("enrolling needs the password, a first code confirms, and a confirmed one is not replaced (S-14)")
    func enrolment() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let second = try await identity.signIn("acme", acme.administrator.email)
            let token = acme.administrator.token
            let path = "/v1/users/me/second-factor"
            #expect(
                try await identity.send(.post, "\(path)/confirm", as: token, #"{"code": "123456"}"#).status == 409)
            #expect(
                try await identity.send(.post, path, as: token, #"{"current_password": "wrong"}"#).status == 422)
            let good = #"{"current_password": "\#(IdentityUnderTest.password)"}"#
            _ = try await identity.send(.post, path, as: token, good)
            #expect(try await identity.signInAnswer("acme", acme.administrator.email).status == 201)
            #expect(
                try await identity.send(.post, "\(path)/confirm", as: token, #"{"code": "000000"}"#).status == 422)
            _ = try await identity.enrol(acme.administrator)
            #expect(try await identity.send(.post, path, as: token, good).status == 409)
            // Confirming ends the other sessions: each of them started with less.
            #expect(try await identity.exchange(second.credential).status == 401)
            #expect(try await identity.exchange(acme.administrator.session.credential).status == 200)
        }
    }

    @Test("neither the secret, nor a recovery code, nor a challenge lies in the database (S-14, S-22)")
    func atRest() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let app = try await identity.enrol(acme.administrator)
            let challenge = try await identity.challenge("acme", acme.administrator.email)
            let dump = try Rows.everything()
            let raw = app.secret.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            for secret in app.codes + app.codes.map({ $0.replacing("-", with: "") }) + [raw, app.text, challenge] {
                #expect(!dump.contains(secret))
            }
        }
    }

    @Test("what lies under a former encryption key is sealed anew while codes go on working (S-22)")
    func rotation() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            let app = try await identity.enrol(acme.administrator)
            _ = try await identity.enrol(bolt.administrator)
            let new = Data(repeating: 43, count: 32).base64EncodedString()
            let ring = try #require(Keyring("\(new),\(IdentityUnderTest.encryptionKey)"))
            let store = SealedSecretStore(database: identity.database, keyring: ring)
            let worker = SecretRotation(store: store, logger: Logger(label: "test"))
            await worker.rotate()
            for workspace in [acme, bolt] {
                let old = try await identity.count(
                    "identity.second_factor", in: workspace, where: "key_id <> '\(ring.currentKeyID)'")
                #expect(old == 0)
            }
            let alone = try #require(Keyring(new))
            let factors = SecondFactorStore(database: identity.database, keyring: alone)
            let user = try #require(ID<User>(acme.administrator.id))
            let row = try await factors.find(acme.id, user)
            #expect(try factors.secret(row, acme.id, user) == app.secret)
            #expect(throws: Keyring.Failure.self) { try factors.secret(row, bolt.id, user) }
        }
    }

    private static func credential(in answer: TestAnswer) throws -> String {
        let cookie = try #require(answer.headers[values: .setCookie].first)
        return String(cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
    }
}

/// The authenticator app of a test's person.
struct TestApp: Sendable {
    let text: String
    let secret: Data
    let codes: [String]

    func code(at now: Timestamp) -> String { TOTP.code(secret, step: TOTP.step(at: now)) }
}

extension IdentityUnderTest {
    /// Sets a second factor up for a person, from their session.
    func enrol(_ person: TestPerson) async throws -> TestApp {
        let token = try await token(person.session.credential)
        let path = "/v1/users/me/second-factor"
        let made = try await send(.post, path, as: token, #"{"current_password": "\#(person.password)"}"#)
        let text = try #require(made.json["secret"]?.text, "\(made.text)")
        let secret = try Self.base32(text)
        let code = TOTP.code(secret, step: TOTP.step(at: clock.now))
        let confirmed = try await send(.post, "\(path)/confirm", as: token, #"{"code": "\#(code)"}"#)
        #expect(confirmed.status == 200, "\(confirmed.text)")
        return TestApp(text: text, secret: secret, codes: (confirmed.json["codes"]?.items ?? []).compactMap(\.text))
    }

    /// The first step of a sign-in that takes two.
    func challenge(_ slug: String, _ email: String) async throws -> String {
        let answer = try await signInAnswer(slug, email)
        return try #require(answer.json["challenge"]?.text, "\(answer.text)")
    }

    /// The second step.
    func prove(_ challenge: String, _ code: String) async throws -> TestAnswer {
        try await send(
            .post, "/v1/sessions/second-factor", #"{"challenge": "\#(challenge)", "code": "\#(code)"}"#)
    }

    private static func base32(_ text: String) throws -> Data {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bytes, bits, count) = (Data(), UInt64(0), 0)
        for character in text {
            let value = try #require(alphabet.firstIndex(of: character))
            bits = (bits << 5 | UInt64(value)) & 0xFFFF
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(count)))
            }
        }
        return bytes
    }
}
