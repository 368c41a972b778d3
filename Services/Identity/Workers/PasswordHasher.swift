import Crypto
import CryptoExtras
import Dispatch
import FoundationEssentials
import Synchronization

/// Computes scrypt on threads of its own, a few at a time, so that a rush of sign-ins delays no other request.
///
/// One computation holds a core for about 0.4 s and 32 MiB. Two at a time use two cores at most; twenty may wait, which
/// is about four seconds; who comes beyond that is told to come again (RELIABILITY.md, S-12).
final class PasswordHasher: Sendable {
    /// Too many wait already.
    struct Overloaded: Error {}

    /// The most computations at a time.
    static let width = 2
    /// The most callers that wait.
    static let waitingLimit = 20

    /// The cost of new hashes.
    let cost: ScryptCost
    private let slots: Mutex<WorkSlots<CheckedContinuation<Void, any Error>>>
    private let threads = DispatchQueue(label: "casebook.identity.scrypt", attributes: .concurrent)
    private let random: RandomBytes

    init(
        cost: ScryptCost = .standard, width: Int = width, waitingLimit: Int = waitingLimit,
        random: @escaping RandomBytes = systemRandomBytes
    ) {
        self.cost = cost
        self.random = random
        slots = Mutex(WorkSlots(width: width, waitingLimit: waitingLimit))
    }

    /// How many computations run and how many callers wait.
    var load: (working: Int, waiting: Int) { slots.withLock { ($0.working, $0.waitingCount) } }

    /// How many computations were asked for so far.
    var asked: UInt64 { slots.withLock { $0.lastTicket } }

    /// Hashes a new password with a fresh salt at the cost in force.
    ///
    /// - Throws: ``Overloaded``; `CancellationError` when the caller's task ended while waiting.
    func hash(_ password: String) async throws -> PasswordHash {
        let salt = random(PasswordHash.saltByteCount)
        let key = try await compute(password, salt: salt, cost: cost)
        return PasswordHash(cost: cost, salt: salt, hash: key.withUnsafeBytes { [UInt8]($0) })
    }

    /// Whether the password is the stored one.
    ///
    /// Without a stored one the same work is done, and the answer is no: how long it takes does not tell whether there
    /// is such a user.
    ///
    /// - Throws: As ``hash(_:)``.
    func verify(_ password: String, against stored: PasswordHash?) async throws -> Bool {
        let salt = stored?.salt ?? [UInt8](repeating: 0, count: PasswordHash.saltByteCount)
        let key = try await compute(password, salt: salt, cost: stored?.cost ?? cost)
        return stored?.equals(key) ?? false
    }

    private func compute(_ password: String, salt: [UInt8], cost: ScryptCost) async throws -> SymmetricKey {
        let ticket = slots.withLock { $0.takeTicket() }
        try await enter(ticket)
        defer { leave(ticket) }
        return try await withCheckedThrowingContinuation { continuation in
            threads.async {
                continuation.resume(
                    with: Result {
                        try KDF.Scrypt.deriveKey(
                            from: Data(password.utf8), salt: Data(salt), outputByteCount: PasswordHash.hashByteCount,
                            rounds: cost.rounds, blockSize: cost.blockSize, parallelism: cost.parallelism)
                    })
            }
        }
    }

    private func enter(_ ticket: UInt64) async throws {
        do {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                    switch slots.withLock({ $0.enter(ticket, waiter) }) {
                    case .work: waiter.resume()
                    case .wait: break
                    case .refused(let waiter): waiter.resume(throwing: Overloaded())
                    case .cancelled(let waiter): waiter.resume(throwing: CancellationError())
                    }
                }
            } onCancel: {
                slots.withLock { $0.cancel(ticket) }?.resume(throwing: CancellationError())
            }
        } catch {
            slots.withLock { $0.forget(ticket) }
            throw error
        }
    }

    private func leave(_ ticket: UInt64) {
        slots.withLock { $0.leave(ticket) }?.resume()
    }
}
