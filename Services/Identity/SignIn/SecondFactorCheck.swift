import FoundationEssentials
import Models
import ServiceKit

/// Takes a code of a person's second factor, so that it works once.
struct SecondFactorCheck: Sendable {
    let store: SecondFactorStore
    /// Who shows it, in which request and when.
    let source: AuditSource
    let user: ID<User>

    /// Takes what was typed: a code of the confirmed app, or a recovery code.
    ///
    /// - Returns: Which of the two it was; `nil` when it is neither, or was taken before.
    func take(_ typed: String) async throws -> SecondFactorMethod? {
        if RecoveryCode.isPossible(typed) {
            let isTaken = try await store.take(recoveryCode: RecoveryCode.hash(typed), source, of: user)
            return isTaken ? .recoveryCode : nil
        }
        let row = try await store.find(source.workspace, user)
        guard row.confirmedAt != nil, let step = try step(of: typed, row) else { return nil }
        return try await store.take(step: step, source.workspace, user) ? .app : nil
    }

    /// The step whose code was typed; `nil` when it is the code of none, or of one that was taken before.
    func step(of typed: String, _ row: SecondFactorRow) throws -> Int64? {
        guard let secret = try store.secret(row, source.workspace, user) else { return nil }
        return TOTP.step(of: typed, secret, at: source.now, after: row.lastStep)
    }
}
