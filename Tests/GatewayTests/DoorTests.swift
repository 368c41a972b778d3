import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceClient
import Synchronization
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Credentials at the door")
struct DoorTests {
    private let exchanged = Exchange([:], now: .now)

    private func door(_ baseURL: String, clock: ServiceClock = .system) -> Door {
        let issuer = TokenIssuer(
            client: ServiceClient(
                http: HTTPClient.shared, configuration: ServiceClientConfiguration(addresses: [.identity: baseURL]),
                token: { _ in nil }))
        let reader = PrincipalReader(
            limits: RequestLimits(quotas: LimitQuotas(), limiter: RateLimiter(windowSeconds: 10)),
            principal: { .sample(credentialID: $0.hasPrefix("t") ? "c1" : "c2") })
        return Door(
            cookie: SessionCookie(publicURL: "http://127.0.0.1:8080"), csrf: CSRFCheck(origin: "http://127.0.0.1:8080"),
            exchange: CredentialExchange(issuer: issuer, reader: reader, clock: clock))
    }

    private func request(_ method: HTTPRequest.Method, _ fields: HTTPFields) -> Request {
        Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "x", path: "/v1/users/me", headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
    }

    private func code(_ work: () async throws -> Admission?) async -> Problem.Code? {
        do {
            _ = try await work()
            return nil
        } catch {
            return (error as? Problem)?.code
        }
    }

    @Test("a key is traded once and its token serves for 30 seconds")
    func keepsTokens() async throws {
        let now = Mutex(Timestamp.now)
        let peer = Peer { _, count in try Peer.issued("t\(count)") }
        try await peer.listening { baseURL in
            let door = door(baseURL, clock: ServiceClock { now.withLock { $0 } })
            let asked = request(.get, [.authorization: "Bearer cbk_1_secret"])
            for _ in 0..<5 {
                let kept = try await door.admit(asked, Users.me.contract, exchanged)?.token
                #expect(kept == "t1")
            }
            now.withLock { $0 = $0.adding(.seconds(31)) }
            let renewed = try await door.admit(asked, Users.me.contract, exchanged)?.token
            #expect(renewed == "t2")
            #expect(peer.requests.count == 2)
        }
    }

    @Test("a revoked credential's token is not served again, and an exchange that a revocation overtook is not kept")
    func forgetsRevoked() async throws {
        let peer = Peer { _, count in try Peer.issued("t\(count)") }
        try await peer.listening { baseURL in
            let door = door(baseURL)
            let asked = request(.get, [.authorization: "Bearer cbk_1_secret"])
            _ = try await door.admit(asked, Users.me.contract, exchanged)
            door.exchange.revoke(credentialID: "another")
            _ = try await door.admit(asked, Users.me.contract, exchanged)
            #expect(peer.requests.count == 1)
            door.exchange.revoke(credentialID: "c1")
            _ = try await door.admit(asked, Users.me.contract, exchanged)
            #expect(peer.requests.count == 2)
        }
    }

    @Test("a session's cookie reads freely and writes only with its token from our own page")
    func checksCookies() async throws {
        try await Peer { _, _ in try Peer.issued("t") }.listening { baseURL in
            let door = door(baseURL)
            let cookie: HTTPFields = [.cookie: "other=1; __Host-casebook=cbs_1_secret"]
            let read = try await door.admit(request(.get, cookie), Users.me.contract, exchanged)?.token
            #expect(read == "t")
            let bare = await code {
                try await door.admit(request(.post, cookie), Users.create.contract, exchanged)
            }
            #expect(bare == .csrfRefused)
            var proven = cookie
            proven[.csrfToken] = "proof"
            let written = try await door.admit(request(.post, proven), Users.create.contract, exchanged)?.token
            #expect(written == "t")
            var foreign = proven
            foreign[.origin] = "https://evil.example"
            let fields = foreign
            #expect(
                await code { try await door.admit(request(.post, fields), Users.create.contract, exchanged) }
                    == .csrfRefused)
        }
    }

    @Test("no page of another site signs our people in")
    func checksSignIn() async throws {
        let door = door("http://127.0.0.1:1")
        let foreign = request(.post, [.origin: "https://evil.example"])
        #expect(await code { try await door.admit(foreign, Sessions.create.contract, exchanged) } == .csrfRefused)
        let own = request(.post, [.origin: "http://127.0.0.1:8080", .cookie: "__Host-casebook=cbs_old"])
        #expect(try await door.admit(own, Sessions.create.contract, exchanged)?.token == nil)
    }

    @Test("a token goes on as it is, and no credential goes on as none")
    func passesTokens() async throws {
        let door = door("http://127.0.0.1:1")
        let bearer = request(.get, [.authorization: "Bearer a.b.c"])
        #expect(try await door.admit(bearer, Users.me.contract, exchanged)?.token == "a.b.c")
        #expect(try await door.admit(request(.get, [:]), Users.me.contract, exchanged)?.token == nil)
        let basic = request(.get, [.authorization: "Basic YTpi"])
        #expect(await code { try await door.admit(basic, Users.me.contract, exchanged) } == .unauthenticated)
    }

    @Test("a credential that identity refuses is 401, and identity out of reach is 503")
    func tellsRefusalsApart() async throws {
        let asked = request(.get, [.authorization: "Bearer cbk_1_secret"])
        try await Peer { _, _ in Response(status: .unauthorized) }.listening { baseURL in
            let door = door(baseURL)
            #expect(await code { try await door.admit(asked, Users.me.contract, exchanged) } == .unauthenticated)
        }
        try await Peer { _, _ in Response(status: .internalServerError) }.listening { baseURL in
            let door = door(baseURL)
            #expect(await code { try await door.admit(asked, Users.me.contract, exchanged) } == .unavailable)
        }
        let nobody = door("http://127.0.0.1:1")
        #expect(await code { try await nobody.admit(asked, Users.me.contract, exchanged) } == .unavailable)
    }
}
