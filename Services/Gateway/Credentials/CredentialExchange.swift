import Crypto
import FoundationEssentials
import Models
import ServiceKit
import Synchronization

/// Trades credentials for tokens and keeps a token for 30 s by the credential's hash, so that a busy caller costs
/// identity two exchanges a minute.
final class CredentialExchange: Sendable {
    /// How long a token serves before it is traded anew: half its life.
    static let keptFor: Duration = .seconds(30)
    /// The most tokens that are kept; past it the old ones go, then all.
    static let keptLimit = 10_000

    private struct Kept {
        let admission: Admission
        let until: Timestamp
    }

    private struct State {
        var kept: [SHA256.Digest: Kept] = [:]
        /// Counts revocations, so that an exchange that one overtook is not kept.
        var revocations = 0
    }

    private let state = Mutex(State())
    private let issuer: TokenIssuer
    private let reader: PrincipalReader
    private let clock: ServiceClock

    init(issuer: TokenIssuer, reader: PrincipalReader, clock: ServiceClock) {
        self.issuer = issuer
        self.reader = reader
        self.clock = clock
    }

    /// A token for a credential: the kept one, or a new one.
    ///
    /// - Throws: ``Problem`` 401 when identity refuses the credential, 503 when it cannot be reached.
    func admission(for credential: String, _ exchange: Exchange) async throws -> Admission {
        let hash = SHA256.hash(data: Data(credential.utf8))
        let now = clock.now()
        let (kept, revocations) = state.withLock { state in (state.kept[hash], state.revocations) }
        if let kept, kept.until > now { return kept.admission }
        let issued = try await issuer.issue(credential, exchange)
        let admission = try await reader.admission(of: issued.token, csrfToken: issued.csrfToken)
        keep(Kept(admission: admission, until: now.adding(Self.keptFor)), hash, ifStillAt: revocations)
        return admission
    }

    /// Who speaks by a token that came as it is.
    ///
    /// - Throws: ``Problem`` 401 when no valid key signed it or it has ended, 503 when the keys cannot be read.
    func admission(ofToken token: String) async throws -> Admission {
        try await reader.admission(of: token, csrfToken: nil)
    }

    /// Forgets the tokens of a credential that was revoked.
    func revoke(credentialID: String) {
        state.withLock { state in
            state.revocations += 1
            state.kept = state.kept.filter { $0.value.admission.principal.credentialID != credentialID }
        }
    }

    /// Forgets all tokens, as after revocations may have been missed.
    func forgetAll() {
        state.withLock { state in
            state.revocations += 1
            state.kept.removeAll()
        }
    }

    private func keep(_ new: Kept, _ hash: SHA256.Digest, ifStillAt revocations: Int) {
        let now = clock.now()
        state.withLock { state in
            guard state.revocations == revocations else { return }
            if state.kept.count >= Self.keptLimit {
                state.kept = state.kept.filter { $0.value.until > now }
                if state.kept.count >= Self.keptLimit { state.kept.removeAll() }
            }
            state.kept[hash] = new
        }
    }
}
