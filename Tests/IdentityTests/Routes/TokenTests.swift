import Crypto
import FoundationEssentials
import HTTPTypes
import JWTKit
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Tokens", .scratchDatabase(.identity))
struct TokenTests {
    @Test(
        "a token lives 60 s, names user, workspace, permissions and credential, and is signed by a published key (S-17)"
    )
    func claims() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (header, payload) = try parts(acme.administrator.token)
            #expect(header["alg"]?.text == "EdDSA")
            #expect(payload["sub"]?.text == acme.administrator.id)
            #expect(payload["ws"]?.text == acme.id.description)
            #expect(payload["kind"]?.text == "staff")
            #expect(payload["aud"]?.text == "casebook")
            #expect(payload["cid"]?.text == acme.administrator.session.id)
            #expect(
                payload["perm"]?.items.compactMap(\.text) == Role.administrator.permissions.map(\.rawValue).sorted())
            let issued = try #require(payload["iat"]?.whole)
            #expect(payload["exp"]?.whole == issued + 60)
            let keys = try await identity.send(.get, "/.well-known/jwks.json")
            #expect(keys.status == 200)
            let published = keys.json["keys"]?.items ?? []
            #expect(published.count == 1)
            #expect(published.first?["kid"]?.text == header["kid"]?.text)
            #expect(published.first?["crv"]?.text == "Ed25519")
        }
    }

    @Test("a token is refused one second after its end (S-17)")
    func expired() async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.makeWorkspace().administrator.token
            identity.clock.advance(by: .seconds(59))
            #expect(try await identity.send(.get, "/v1/users/me", as: token).status == 200)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.send(.get, "/v1/users/me", as: token).status == 401)
        }
    }

    @Test("alg none, HS256 with the public key, another key and a wrong kid are refused (S-17)")
    func forged() async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.makeWorkspace().administrator.token
            let pieces = token.split(separator: ".").map(String.init)
            let keys = try await identity.send(.get, "/.well-known/jwks.json").json["keys"]?.items ?? []
            let kid = try #require(keys.first?["kid"]?.text)
            let publicKey = try #require(keys.first?["x"]?.text.flatMap { Base64URL.decode($0) })
            func signed(_ header: String, _ sign: (Data) throws -> [UInt8]) throws -> String {
                let head = "\(Base64URL.encode(header.utf8)).\(pieces[1])"
                return "\(head).\(Base64URL.encode(try sign(Data(head.utf8))))"
            }
            let stranger = Curve25519.Signing.PrivateKey()
            let forgeries = [
                try signed(#"{"alg":"none","typ":"JWT","kid":"\#(kid)"}"#) { _ in [] },
                try signed(#"{"alg":"HS256","typ":"JWT","kid":"\#(kid)"}"#) {
                    Array(HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: publicKey)))
                },
                try signed(#"{"alg":"EdDSA","typ":"JWT","kid":"\#(kid)"}"#) { Array(try stranger.signature(for: $0)) },
                try signed(#"{"alg":"EdDSA","typ":"JWT","kid":"another"}"#) { Array(try stranger.signature(for: $0)) },
                try signed(#"{"alg":"EdDSA","typ":"JWT"}"#) { Array(try stranger.signature(for: $0)) },
                "\(pieces[0]).\(pieces[1])", "\(pieces[0]).\(pieces[1]).", token + "x", "x", "..",
            ]
            for forgery in forgeries {
                let answer = try await identity.send(.get, "/v1/users/me", as: forgery)
                #expect(answer.status == 401, "\(forgery.prefix(60))")
                #expect(answer.code == "unauthenticated")
            }
            #expect(try await identity.send(.get, "/v1/users/me", as: token).status == 200)
        }
    }

    @Test("a credential that is malformed, unknown, or has another secret is refused with the same bytes (S-17)")
    func wrongCredentials() async throws {
        try await IdentityUnderTest.run { identity in
            let credential = try await identity.makeWorkspace().administrator.session.credential
            let id = credential.dropFirst(4).prefix(36)
            let wrong = [
                "nonsense", "cbs_\(id)_\(String(repeating: "A", count: 43))",
                "cbk_\(credential.dropFirst(4))",
                String(credential.dropLast()) + (credential.hasSuffix("A") ? "E" : "A"),
                "cbc_casebook_wrong", "cbc_nobody_\(IdentityUnderTest.operatorSecret)",
            ]
            for credential in wrong {
                let answer = try await identity.send(
                    .post, "/v1/tokens", #"{"credential": "\#(credential)"}"#, ["X-Request-Id": "one"])
                #expect(answer.status == 401)
                #expect(answer.json["detail"]?.text == "The credential is not valid.")
            }
        }
    }

    @Test("a service proves itself by its secret, and acts in the workspace it names or in none")
    func services() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (_, inAcme) = try parts(try await identity.operatorToken(in: "acme"))
            #expect(inAcme["kind"]?.text == "service")
            #expect(inAcme["sub"]?.text == "casebook")
            #expect(inAcme["ws"]?.text == acme.id.description)
            let (_, nowhere) = try parts(try await identity.operatorToken())
            #expect(nowhere["ws"]?.text == ID<Workspace>.nobodys.description)
            for (place, pointer) in [
                (#""workspace_slug": "nowhere""#, "/workspace_slug"),
                (#""workspace": "\#(ID<Workspace>.make(at: .now))""#, "/workspace"),
                (#""workspace": "\#(acme.id)", "workspace_slug": "acme""#, "/workspace_slug"),
            ] {
                let answer = try await identity.send(
                    .post, "/v1/tokens", #"{"credential": "\#(IdentityUnderTest.operatorCredential)", \#(place)}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == [pointer])
            }
            let person = try await identity.send(
                .post, "/v1/tokens",
                #"{"credential": "\#(acme.administrator.session.credential)", "workspace_slug": "acme"}"#)
            #expect(person.status == 422)
        }
    }

    @Test("a service in no workspace sees nothing of any (S-1)")
    func nobodysWorkspace() async throws {
        try await IdentityUnderTest.run { identity in
            _ = try await identity.makeWorkspace()
            let token = try await identity.operatorToken()
            #expect(try await identity.send(.get, "/v1/workspaces/current", as: token).status == 404)
            let users = try await identity.send(.get, "/v1/users", as: token)
            #expect(users.json["items"]?.items.isEmpty == true)
            #expect(try await identity.send(.get, "/v1/users/me", as: token).status == 403)
        }
    }

    @Test("of 100 issued keys, the sessions and the passwords no secret is found in a dump of the database (S-17)")
    func dump() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            var secrets = [acme.administrator.session.credential, IdentityUnderTest.password]
            secrets += [acme.administrator.session.csrfToken, IdentityUnderTest.operatorSecret]
            for number in 0..<100 {
                let answer = try await identity.send(
                    .post, "/v1/api-keys", as: acme.administrator.token,
                    #"{"name": "key \#(number)", "permissions": ["workspace:read"]}"#,
                    ["Idempotency-Key": "key-\(number)"])
                secrets.append(try #require(answer.json["credential"]?.text))
            }
            let sealed = Data(repeating: 42, count: 32)
            let dump = try Rows.everything()
            #expect(dump.utf8.count > 20_000)
            #expect(dump.contains(acme.administrator.session.id))
            for secret in secrets {
                #expect(!dump.contains(secret))
                #expect(!dump.contains(secret.suffix(43)))
            }
            #expect(!dump.contains(sealed.map { String($0, radix: 16) }.joined()))
            let ring = try #require(Keyring(IdentityUnderTest.encryptionKey))
            let keyring = try await SigningKeyStore(database: identity.database, keyring: ring)
                .open(at: identity.clock.now)
            for key in keyring.keys {
                let raw = key.privateKey.rawRepresentation.map {
                    String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
                }
                #expect(!dump.contains(raw.joined()))
            }
        }
    }

    private func parts(_ token: String) throws -> (header: JSONValue, payload: JSONValue) {
        let parts = token.split(separator: ".").map { Base64URL.decode(String($0)) ?? [] }
        return (try JSONParser.parse(parts[0]), try JSONParser.parse(parts[1]))
    }
}
