import Crypto
import FoundationEssentials
import JWTKit
package import Models
import Synchronization

/// Verifies tokens and keeps what it verified until the token ends: a signature costs 50-100 µs, a look-up about 1.
///
/// One algorithm (EdDSA over Ed25519) is accepted, and only keys that identity publishes.
package final class TokenVerifier: Sendable {
    /// The most tokens that are kept; past it the expired ones go, then all.
    package static let keptTokensLimit = 10_000
    /// The shortest time between two loads of the keys, so that made-up key ids load nothing.
    private static let reloadPause: Duration = .seconds(1)
    /// How long a revoked credential is refused: longer than any token that was traded for it lives.
    private static let revocationMemory: Duration = .seconds(90)

    private struct State {
        var kept: [KeptToken: Principal] = [:]
        var keys: [String: EdDSA.PublicKey] = [:]
        var loadedAt: Timestamp?
        var revoked: [String: Timestamp] = [:]
    }

    private let state = Mutex(State())
    private let loadKeys: @Sendable () async throws -> [VerificationKey]
    private let clock: ServiceClock

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - clock: The service's clock.
    ///   - loadKeys: Loads the keys that are valid now; called at the first token and at an unknown key id.
    package init(clock: ServiceClock, loadKeys: @escaping @Sendable () async throws -> [VerificationKey]) {
        self.clock = clock
        self.loadKeys = loadKeys
    }

    /// The principal of a token.
    ///
    /// - Throws: ``Problem`` 401 when the token is malformed, not signed by a valid key, expired, or revoked;
    ///   whatever loading the keys throws.
    package func verify(_ token: String) async throws -> Principal {
        let now = clock.now()
        if let principal = kept(token, at: now) { return principal }
        guard token.utf8.count <= 16_384, let header = TokenHeader(token), header.isAccepted,
            let key = try await key(header.kid, at: now)
        else { throw Problem.unauthenticated("The token is not valid.") }
        let collection = JWTKeyCollection()
        await collection.add(eddsa: key, kid: JWKIdentifier(string: header.kid))
        guard let claims = try? await collection.verify(token, as: TokenClaims.self),
            let principal = claims.principal(at: now)
        else { throw Problem.unauthenticated("The token is not valid, or it has expired.") }
        try keep(principal, for: token, at: now)
        return principal
    }

    /// Forgets and refuses a credential that was revoked: called when a hint arrives.
    package func revoke(credential: String) {
        let now = clock.now()
        state.withLock { state in
            state.revoked = state.revoked.filter { $0.value > now }
            state.revoked[credential] = now.adding(Self.revocationMemory)
            state.kept = state.kept.filter { $0.value.credentialID != credential }
        }
    }

    /// Forgets every token, as after hints may have been missed: the next use of each is verified again.
    package func forgetAll() {
        state.withLock { $0.kept.removeAll() }
    }

    private func kept(_ token: String, at now: Timestamp) -> Principal? {
        state.withLock { state in
            guard let principal = state.kept[KeptToken(token)], principal.expiresAt > now else { return nil }
            return principal
        }
    }

    private func keep(_ principal: Principal, for token: String, at now: Timestamp) throws {
        let isRevoked = state.withLock { state in
            if let until = state.revoked[principal.credentialID], until > now { return true }
            if state.kept.count >= Self.keptTokensLimit {
                state.kept = state.kept.filter { $0.value.expiresAt > now }
                if state.kept.count >= Self.keptTokensLimit { state.kept.removeAll() }
            }
            state.kept[KeptToken(token)] = principal
            return false
        }
        if isRevoked { throw Problem.unauthenticated("The credential was revoked.") }
    }

    private func key(_ kid: String, at now: Timestamp) async throws -> EdDSA.PublicKey? {
        let (known, isRecent) = state.withLock { state in
            (state.keys[kid], state.loadedAt.map { now < $0.adding(Self.reloadPause) } ?? false)
        }
        if known != nil || isRecent { return known }
        var keys: [String: EdDSA.PublicKey] = [:]
        for key in try await loadKeys() {
            keys[key.kid] = try EdDSA.PublicKey(x: key.x, curve: .ed25519)
        }
        return state.withLock { state in
            state.keys = keys
            state.loadedAt = now
            return keys[kid]
        }
    }
}

/// A token that was verified, found by the end of its signature and compared whole.
///
/// Only tokens that identity signed are kept, so nobody can choose ends that collide; hashing all of a token's 700
/// bytes is most of what a look-up costs.
private struct KeptToken: Hashable {
    private static let hashedByteCount = 24

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { bytes in
            let end = UnsafeBufferPointer(rebasing: bytes.suffix(Self.hashedByteCount))
            hasher.combine(bytes: UnsafeRawBufferPointer(end))
        }
    }
}

/// What a token's header says, read before anything is trusted (RFC 8725, section 3.1).
private struct TokenHeader {
    let alg: String
    let kid: String

    var isAccepted: Bool { alg == "EdDSA" }

    init?(_ token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(String(parts[0])),
            let document = try? JSONParser.parse(bytes),
            case .string(let alg)? = document["alg"], case .string(let kid)? = document["kid"]
        else { return nil }
        self.alg = alg
        self.kid = kid
    }
}
