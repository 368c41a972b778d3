import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Guessing passwords", .scratchDatabase(.identity))
struct ThrottleTests {
    @Test("1,000 guesses at one account from 50 addresses over two copies bring at most 20 comparisons (S-13)")
    func thousandGuesses() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            try await IdentityUnderTest.run(clock: identity.clock) { copy in
                let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                    for address in 0..<50 {
                        group.addTask {
                            var statuses: [Int] = []
                            for guess in 0..<20 {
                                let server = guess.isMultiple(of: 2) ? identity : copy
                                let answer = try await server.guess("acme", acme.administrator.email, from: address)
                                statuses.append(answer.status)
                            }
                            return statuses
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(statuses.count == 1_000)
                #expect(statuses.filter { $0 == 401 }.count == Throttled.account.rate.burst)
                #expect(statuses.filter { $0 == 429 }.count == 1_000 - Throttled.account.rate.burst)
                let failures = try await identity.count("identity.audit", in: acme, where: "event = 'sign_in_failed'")
                #expect(failures == Throttled.account.rate.burst)
                let lines = try await identity.count("identity.audit", in: acme, where: "event = 'sign_in_throttled'")
                #expect(lines == 1)
            }
            // A minute later there is one more, and the right password of a stranger's device may be it.
            identity.clock.advance(by: .seconds(60))
            #expect(try await identity.guess("acme", acme.administrator.email, from: 1).status == 401)
            #expect(try await identity.guess("acme", acme.administrator.email, from: 2).status == 429)
        }
    }

    @Test("while strangers guess, the owner's known device still gets in, and nobody else's does (S-13)")
    func knownDevice() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let other = try await identity.addUser(.agent, to: acme)
            let (email, password) = (acme.administrator.email, IdentityUnderTest.password)
            let device = try Self.device(in: try await identity.signInAnswer("acme", email))
            let othersDevice = try Self.device(in: try await identity.signInAnswer("acme", other.email))
            for _ in 0..<30 { _ = try await identity.guess("acme", email, from: 1) }
            func status(_ cookie: String?) async throws -> Int {
                try await identity.signIn("acme", email, password, cookie: cookie).status
            }
            #expect(try await status(nil) == 429)
            #expect(try await status(othersDevice) == 429)
            #expect(try await status(device.replacing("cbd.", with: "cbd.A")) == 429)
            #expect(try await status(device) == 201)
            #expect(try await status("other=1; __Host-casebook-device=\(device)") == 201)
            // The device is counted by itself: who steals it gains ten guesses.
            for _ in 0..<Throttled.device.rate.burst {
                #expect(try await identity.signIn("acme", email, "wrong", cookie: device).status == 401)
            }
            #expect(try await status(device) == 429)
            identity.clock.advance(by: KnownDevice.lifetime)
            let late = try await identity.signIn("acme", email, "wrong", cookie: device)
            #expect(late.status == 401)
        }
    }

    @Test("known and unknown users and workspaces are refused with the same bytes after as many guesses (S-13)")
    func noOracle() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let accounts = [
                ("acme", acme.administrator.email), ("acme", "nobody@acme.example"), ("nowhere", "a@b.example"),
            ]
            var refusals: [TestAnswer] = []
            for (slug, email) in accounts {
                var statuses: [Int] = []
                for _ in 0..<12 {
                    let answer = try await identity.guess(slug, email, from: nil)
                    statuses.append(answer.status)
                    if answer.status == 429 { refusals.append(answer) }
                }
                #expect(statuses == [Int](repeating: 401, count: 10) + [429, 429], "\(email)")
            }
            for answer in refusals {
                #expect(answer.bytes == refusals[0].bytes)
                #expect(answer.headersBesideTrace == refusals[0].headersBesideTrace)
                #expect(answer.code == "rate_limited")
                #expect(answer.header("Retry-After") == "60")
            }
        }
    }

    @Test("sixty wrong guesses from one network, at any accounts, are its last; right passwords cost it nothing (S-13)")
    func address() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let email = acme.administrator.email
            for number in 0..<59 {
                #expect(try await identity.guess("acme", "user\(number)@acme.example", from: 7).status == 401)
            }
            for _ in 0..<5 {
                #expect(try await identity.signIn("acme", email, IdentityUnderTest.password, from: 7).status == 201)
            }
            #expect(try await identity.guess("acme", "one@acme.example", from: 7).status == 401)
            let last = try await identity.guess("acme", "two@acme.example", from: 7)
            #expect(last.status == 429)
            #expect(last.header("Retry-After") == "5")
            #expect(try await identity.guess("acme", "two@acme.example", from: 8).status == 401)
        }
    }

    @Test("an address that the gateway does not vouch for counts for nothing (S-6, S-13)")
    func unvouched() async throws {
        try await IdentityUnderTest.run { identity in
            _ = try await identity.makeWorkspace()
            for number in 0..<70 {
                let answer = try await identity.send(
                    .post, "/v1/sessions",
                    #"{"workspace": "acme", "email": "u\#(number)@acme.example", "password": "wrong"}"#,
                    ["X-Internal-Client": "203.0.113.7", "X-Forwarded-For": "203.0.113.7"])
                #expect(answer.status == 401)
            }
        }
    }

    @Test("a count names nobody, there are few of them, and those whose tries are back are swept (S-13)")
    func bounded() async throws {
        try await IdentityUnderTest.run { identity in
            _ = try await identity.makeWorkspace()
            for number in 0..<20 { _ = try await identity.guess("acme", "user\(number)@acme.example", from: number) }
            let dump = try Rows.everything()
            #expect(!dump.contains("user7"))
            #expect(!dump.contains("203.0.113"))
            let store = ThrottleStore(database: identity.database)
            // What was given back, when the administrator signed in.
            #expect(try await store.sweep(now: identity.clock.now) <= 1)
            identity.clock.advance(by: .seconds(600))
            #expect(try await store.sweep(now: identity.clock.now) >= 40)
            #expect(try await store.sweep(now: identity.clock.now) == 0)
        }
    }

    private static func device(in answer: TestAnswer) throws -> String {
        let cookie = try #require(answer.headers[values: .setCookie].last)
        return String(cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
    }
}

extension TestAnswer {
    /// The fields of the answer but that which names its trace.
    var headersBesideTrace: HTTPFields {
        HTTPFields(headers.filter { $0.name.canonicalName != "traceparent" })
    }
}

extension IdentityUnderTest {
    /// A wrong password, from one of 256 addresses that the gateway vouches for, or from none that is known.
    func guess(_ slug: String, _ email: String, from address: Int?) async throws -> TestAnswer {
        try await signIn(slug, email, "not the password", from: address)
    }

    /// A sign-in with a device's cookie or a whole `Cookie`.
    func signIn(
        _ slug: String, _ email: String, _ password: String, from address: Int? = nil, cookie: String? = nil
    ) async throws -> TestAnswer {
        var headers: [String: String] = [:]
        if let address, let proof = EdgeProof(secret: Self.edgeSecret) {
            headers["X-Internal-Client"] = proof.header(for: "203.0.113.\(address)")
        }
        if let cookie { headers["Cookie"] = cookie.contains("=") ? cookie : "__Host-casebook-device=\(cookie)" }
        return try await send(
            .post, "/v1/sessions",
            #"{"workspace": "\#(slug)", "email": "\#(email)", "password": "\#(password)"}"#, headers)
    }
}
