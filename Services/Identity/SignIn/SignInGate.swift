import Models
import Postgres
import ServiceKit

/// Who may try to sign in at this moment (RELIABILITY.md, S-13).
///
/// Whether an account exists plays no part: what was typed is counted.
struct SignInGate: Sendable {
    let database: Database
    let keyring: Keyring

    /// A try that was let in, and what to give back when it was nobody's guess.
    struct Admission: Sendable {
        let account: AccountName
        let taken: [ThrottleKey]
    }

    private var throttle: ThrottleStore { ThrottleStore(database: database) }

    /// Lets a try with a password in.
    ///
    /// A device that is known is counted by itself and asked nothing else; all others are counted by their network,
    /// where it is known, and by the account.
    ///
    /// - Throws: ``Problem`` 429 with `Retry-After`.
    func admit(_ account: AccountName, device: String?, network: String?, at now: Timestamp) async throws -> Admission {
        var keys: [ThrottleKey] = []
        if let device = device.flatMap({ KnownDevice($0, of: account, at: now, keyring: keyring) }) {
            keys = [key(.device, "\(account.text)\n\(device.nonce)")]
        } else {
            if let network { keys.append(key(.address, network)) }
            keys.append(key(.account, account.text))
        }
        for key in keys { try await take(key, now) }
        return Admission(account: account, taken: keys)
    }

    /// Lets a second step in, counted by the person, and apart for a device that is known.
    ///
    /// - Throws: ``Problem`` 429 with `Retry-After`.
    func admitSecondStep(_ candidate: SignInCandidate, device: String?, at now: Timestamp) async throws -> Admission {
        let account = AccountName(workspace: candidate.slug, email: candidate.email)
        let known = device.flatMap { KnownDevice($0, of: account, at: now, keyring: keyring) }
        let key = key(.secondFactor, "\(candidate.user)\n\(known?.nonce ?? "")")
        try await take(key, now)
        return Admission(account: account, taken: [key])
    }

    /// Lets a request for a link in.
    ///
    /// - Throws: ``Problem`` 429 with `Retry-After`.
    func admitReset(_ account: AccountName, network: String?, at now: Timestamp) async throws {
        if let network { try await take(key(.address, network), now) }
        try await take(key(.passwordReset, account.text), now)
    }

    /// Gives the tries of a sign-in back that succeeded.
    func succeed(_ admission: Admission) async throws {
        for key in admission.taken { try await throttle.giveBack(key) }
    }

    /// Whether a refused sign-in to an account is worth a line of the audit: one a minute is.
    func isWorthNoting(_ account: AccountName, at now: Timestamp) async throws -> Bool {
        try await throttle.take(key(.auditLine, account.text), now: now) == nil
    }

    private func key(_ kind: Throttled, _ text: String) -> ThrottleKey { ThrottleKey(kind, text, keyring) }

    private func take(_ key: ThrottleKey, _ now: Timestamp) async throws {
        guard let wait = try await throttle.take(key, now: now) else { return }
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        throw Problem(
            .rateLimited, "Too many tries: wait, and try again.", headers: ["Retry-After": String(seconds)])
    }
}
