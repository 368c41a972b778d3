import Crypto
import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Changing keys", .scratchDatabase(.identity))
struct KeyRotationTests {
    @Test("the operator makes the next signing key, and nobody's token is refused before, at or after it (S-17)")
    func rotation() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let session = acme.administrator.session
            let before = session.token
            let answer = try await identity.send(.post, "/v1/tokens/keys", as: try await identity.operatorToken())
            #expect(answer.status == 201)
            let kid = try #require(answer.json["kid"]?.text)
            // A process that has just loaded the keys would refuse the new one: it is published first, and signs later.
            let atOnce = try await identity.token(session.credential)
            #expect(try Self.kid(atOnce) == Self.kid(before))
            let published = try await identity.send(.get, "/.well-known/jwks.json")
            #expect(published.json["keys"]?.items.compactMap { $0["kid"]?.text }.contains(kid) == true)
            identity.clock.advance(by: SigningKeyring.settling)
            let after = try await identity.token(session.credential)
            #expect(try Self.kid(after) == kid)
            for token in [before, atOnce, after] {
                #expect(try await identity.send(.get, "/v1/users/me", as: token).status == 200)
            }
            #expect(
                answer.json["former_until"]?.text.flatMap { Timestamp($0) } ?? identity.clock.now > identity.clock.now)
        }
    }

    @Test("nobody but the operator makes signing keys, and of two that are asked for together one is made (S-4, S-17)")
    func permission() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let refused = try await identity.send(.post, "/v1/tokens/keys", as: acme.administrator.token)
            #expect(refused.status == 403)
            let token = try await identity.operatorToken()
            func generations() async throws -> Int {
                try await identity.database.query(
                    .point, in: .none, "SELECT count(*) AS count FROM identity.signing_key"
                ).value("count")
            }
            let before = try await generations()
            async let one = identity.send(.post, "/v1/tokens/keys", as: token)
            async let other = identity.send(.post, "/v1/tokens/keys", as: token)
            let answers = try await [one, other]
            #expect(answers.allSatisfy { $0.status == 201 || $0.status == 409 })
            let made = answers.filter { $0.status == 201 }.compactMap { $0.json["kid"]?.text }
            #expect(Set(made).count == 1)
            #expect(try await generations() == before + 1)
            // Whoever asks again before the new key signs has been heard already.
            let again = try await identity.send(.post, "/v1/tokens/keys", as: token)
            #expect(again.status == 409)
            identity.clock.advance(by: SigningKeyring.settling)
            let later = try await identity.operatorToken()
            #expect(try await identity.send(.post, "/v1/tokens/keys", as: later).status == 201)
        }
    }

    @Test("a signing key that lies under a former encryption key is followed by one under the first (S-22)")
    func formerEncryptionKey() async throws {
        try await IdentityUnderTest.run { identity in
            let new = Data(repeating: 43, count: 32).base64EncodedString()
            let both = try #require(Keyring("\(new),\(IdentityUnderTest.encryptionKey)"))
            let store = SigningKeyStore(database: identity.database, keyring: both)
            let now = identity.clock.now
            // Not at once: replicas that are told different orders would go on making keys against each other.
            #expect(try await store.rotateIfFormerlySealed(at: now) == nil)
            let later = now.adding(SigningKeyStore.shortestAge)
            #expect(try await store.rotateIfFormerlySealed(at: later) != nil)
            #expect(try await store.rotateIfFormerlySealed(at: later.adding(SigningKeyStore.shortestAge)) == nil)
            let alone = SigningKeyStore(database: identity.database, keyring: try #require(Keyring(new)))
            await #expect(throws: Keyring.Failure.self) { try await alone.open(at: later) }
            let end = later.adding(SigningKeyring.overlap)
            #expect(try await alone.open(at: end).keys.count == 1)
        }
    }

    @Test("a signing key that was sealed before secrets named their key still opens (S-22)")
    func unmarked() async throws {
        try await IdentityUnderTest.run { identity in
            let signing = Curve25519.Signing.PrivateKey()
            let bytes = try #require(Data(base64Encoded: IdentityUnderTest.encryptionKey))
            let box = try AES.GCM.seal(
                signing.rawRepresentation, using: SymmetricKey(data: bytes), authenticating: Data("old".utf8))
            let sealed = try #require(box.combined)
            _ = try await identity.database.write(
                in: .none,
                """
                INSERT INTO identity.signing_key (kid, generation, public_key, sealed, created_at)
                VALUES ('old', 77, \(signing.publicKey.rawRepresentation), \(sealed), \(identity.clock.now))
                """)
            let ring = try #require(Keyring(IdentityUnderTest.encryptionKey))
            let keys = try await SigningKeyStore(database: identity.database, keyring: ring)
                .open(at: identity.clock.now).keys
            let old = try #require(keys.first { $0.kid == "old" })
            #expect(old.privateKey.rawRepresentation == signing.rawRepresentation)
        }
    }

    private static func kid(_ token: String) throws -> String? {
        let header = try #require(token.split(separator: ".").first.flatMap { Base64URL.decode(String($0)) })
        return try JSONParser.parse(header)["kid"]?.text
    }
}
