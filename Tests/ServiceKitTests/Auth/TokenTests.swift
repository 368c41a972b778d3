import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JWTKit
import Models
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite("S-17: tokens")
struct TokenTests {
    private let signer = TokenSigner()

    private func refused(_ token: String, by verifier: TokenVerifier) async -> Bool {
        do {
            _ = try await verifier.verify(token)
            return false
        } catch {
            return (error as? Problem)?.code == .unauthenticated
        }
    }

    private func unsigned(_ header: String, _ token: String, signature: String = "") -> String {
        let payload = token.split(separator: ".")[1]
        return "\(Base64URL.encode(Array(header.utf8))).\(payload).\(signature)"
    }

    @Test("a token that identity signed names its principal")
    func verifies() async throws {
        let principal = Principal.sample(permissions: [.workspaceRead, .teamsWrite])
        let verified = try await signer.verifier().verify(signer.token(for: principal))
        #expect(verified.workspace == principal.workspace)
        #expect(verified.subject == principal.subject)
        #expect(verified.permissions == principal.permissions)
        #expect(verified.kind == .staff)
    }

    @Test("a token that expired a second ago is refused")
    func refusesExpired() async throws {
        let now = Timestamp.now
        let token = try await signer.token(
            for: .sample(expiresAt: now.adding(.seconds(-1))), issuedAt: now.adding(.seconds(-61)))
        #expect(await refused(token, by: signer.verifier()))
    }

    @Test("a kept token ends when it expires")
    func forgetsExpired() async throws {
        let now = Mutex(Timestamp.now)
        let verifier = signer.verifier(clock: ServiceClock { now.withLock { $0 } })
        let token = try await signer.token(for: .sample())
        _ = try await verifier.verify(token)
        now.withLock { $0 = $0.adding(.seconds(61)) }
        #expect(await refused(token, by: verifier))
    }

    @Test("a token with alg none, or with another algorithm, is refused")
    func refusesOtherAlgorithms() async throws {
        let verifier = signer.verifier()
        let token = try await signer.token(for: .sample())
        for alg in ["none", "None", "HS256", "RS256", "ES256"] {
            #expect(await refused(unsigned(#"{"alg":"\#(alg)","kid":"test-key"}"#, token), by: verifier), "\(alg)")
        }
        let secret = SymmetricKey(data: Data(Base64URL.decode(signer.verificationKey.x) ?? []))
        let header = Base64URL.encode(Array(#"{"alg":"HS256","kid":"test-key"}"#.utf8))
        let signed = "\(header).\(token.split(separator: ".")[1])"
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: secret)
        #expect(await refused("\(signed).\(Base64URL.encode(code))", by: verifier))
    }

    @Test("a token of a key that identity did not publish, or with a changed payload, is refused")
    func refusesForgeries() async throws {
        let verifier = signer.verifier()
        let other = TokenSigner(kid: "test-key")
        #expect(try await refused(other.token(for: .sample()), by: verifier))
        #expect(try await refused(TokenSigner(kid: "unknown").token(for: .sample()), by: verifier))
        let parts = try await signer.token(for: .sample()).split(separator: ".")
        let swapped = try await signer.token(for: .sample(permissions: Set(Permission.all))).split(separator: ".")
        #expect(await refused("\(parts[0]).\(swapped[1]).\(parts[2])", by: verifier))
        for malformed in ["", ".", "..", "a.b.c", "\(parts[0]).\(parts[1])", String(repeating: "a", count: 20_000)] {
            #expect(await refused(malformed, by: verifier))
        }
    }

    @Test("a token that lives longer than five minutes, or comes from the future, is refused")
    func refusesOddLives() async throws {
        let now = Timestamp.now
        let verifier = signer.verifier()
        let long = try await signer.token(for: .sample(expiresAt: now.adding(.seconds(301))), issuedAt: now)
        #expect(await refused(long, by: verifier))
        let future = try await signer.token(
            for: .sample(expiresAt: now.adding(.seconds(90))), issuedAt: now.adding(.seconds(30)))
        #expect(await refused(future, by: verifier))
    }

    @Test("a revoked credential's token is refused at once, also one that is verified for the first time")
    func refusesRevoked() async throws {
        let verifier = signer.verifier()
        let kept = try await signer.token(for: .sample(credentialID: "c1"))
        _ = try await verifier.verify(kept)
        verifier.revoke(credential: "c1")
        #expect(await refused(kept, by: verifier))
        #expect(try await refused(signer.token(for: .sample(credentialID: "c1")), by: verifier))
        _ = try await verifier.verify(signer.token(for: .sample(credentialID: "c2")))
    }

    @Test("keys are loaded again for an unknown id, at most once a second")
    func loadsKeysSparingly() async throws {
        let loads = Mutex(0)
        let now = Mutex(Timestamp.now)
        let key = signer.verificationKey
        let verifier = TokenVerifier(clock: ServiceClock { now.withLock { $0 } }) {
            loads.withLock { $0 += 1 }
            return [key]
        }
        for _ in 0..<5 { #expect(try await refused(TokenSigner(kid: "made-up").token(for: .sample()), by: verifier)) }
        #expect(loads.withLock { $0 } == 1)
        now.withLock { $0 = $0.adding(.seconds(2)) }
        #expect(try await refused(TokenSigner(kid: "made-up").token(for: .sample()), by: verifier))
        #expect(loads.withLock { $0 } == 2)
    }

    @Test("no token, another scheme and a missing permission are told apart by 401 and 403")
    func tellsRefusalsApart() async throws {
        let service = SampleService()
        let weak = try await service.authorization([.profileManage])
        let strong = try await service.authorization([.workspaceRead])
        try await service.test { client in
            let none = try await client.execute(uri: "/v1/notes", method: .get)
            #expect(none.status == .unauthorized)
            #expect(none.headers[.wwwAuthenticate] == "Bearer realm=\"casebook\"")
            let basic = try await client.execute(
                uri: "/v1/notes", method: .get, headers: [.authorization: "Basic YTpi"])
            #expect(basic.status == .unauthorized)
            let forbidden = try await client.execute(uri: "/v1/notes", method: .get, headers: weak)
            #expect(forbidden.status == .forbidden)
            #expect(try forbidden.json["detail"] == "This needs the permission workspace:read.")
            #expect(try await client.execute(uri: "/v1/notes", method: .get, headers: strong).status == .ok)
        }
    }
}
