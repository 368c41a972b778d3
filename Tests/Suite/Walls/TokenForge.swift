import Foundation
import Models
import TestSupport
import Testing

/// Signs tokens under a key of its own that stands among the published ones, so that a token can only be refused for
/// what its claims say.
struct TokenForge: Sendable {
    private let signer = TokenSigner(kid: "forge")
    private let stranger = TokenSigner(kid: "stranger")
    private let claims: [String: JSONValue]

    /// Makes a key, and publishes it beside identity's until the suite ends.
    ///
    /// - Throws: When the published view cannot be changed, or when a service does not take the key's tokens.
    static func make(in house: House) async throws -> TokenForge {
        let asked = WallRequest(url: "\(house.door)/v1/workspaces/current").with(
            ("Authorization", "Bearer \(house.acme.key)"))
        let workspace = try await WallClient.send(asked).json["id"]?.text
        let forge = TokenForge(
            workspace: try #require(workspace), subject: try #require(house.acme.records["/v1/users/{id}"]))
        let key = forge.signer.verificationKey
        _ = try await house.suite.sql(
            """
            DO $$ BEGIN
                EXECUTE 'CREATE OR REPLACE VIEW identity.verification_key AS '
                    || rtrim(pg_get_viewdef('identity.verification_key'::regclass), ';')
                    || ' UNION ALL SELECT ''\(key.kid)'', ''\(key.x)'', NULL';
            END $$
            """)
        return forge
    }

    private init(workspace: String, subject: String) {
        claims = [
            "iss": "casebook", "aud": "casebook", "sub": .string(subject), "ws": .string(workspace), "kind": "staff",
            "perm": .array(Permission.all.map { .string($0.rawValue) }), "cid": .string(UUID().uuidString),
        ]
    }

    /// A token that may do everything in the workspace that asks, but for the claims that are changed.
    ///
    /// - Parameters:
    ///   - changes: Claims instead of those of a person of the workspace.
    ///   - age: Seconds since it was signed.
    ///   - life: Seconds from then to its end, as long as any token may live.
    /// - Returns: The token.
    /// - Throws: What signing throws.
    func token(_ changes: [String: JSONValue] = [:], age: Int64 = 0, life: Int64 = 295) throws -> String {
        try signer.token(claims: document(changes, age, life))
    }

    /// A token that says all that is right under a key that nobody published.
    func strangersToken() throws -> String { try stranger.token(claims: document([:], 0, 295)) }

    private func document(_ changes: [String: JSONValue], _ age: Int64, _ life: Int64) -> JSONValue {
        let issued = Int64(Date().timeIntervalSince1970) - age
        let times: [String: JSONValue] = ["iat": .integer(issued), "exp": .integer(issued + life)]
        let all = claims.merging(times) { $1 }.merging(changes) { $1 }
        return .object(all.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) })
    }
}
