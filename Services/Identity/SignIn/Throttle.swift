import FoundationEssentials
import Models
import ServiceKit

/// How often something may be tried: `burst` times at once, and once more after each `interval`.
///
/// The generic cell rate algorithm (ITU-T I.371, annex A): its whole state is one instant.
struct TryRate: Sendable, Equatable {
    let burst: Int
    let interval: Duration

    /// How long it takes until all tries are back.
    var memory: Duration { interval * burst }
}

/// What is counted, and how often each may be.
///
/// Together they keep what RELIABILITY.md, S-13, asks for: a thousand guesses at one account within a minute bring
/// eleven comparisons at most, from however many addresses, and its owner, whose device is known, still gets in.
enum Throttled: String, Sendable, CaseIterable {
    /// Sign-ins to one account from devices that are not known.
    case account
    /// Sign-ins from one network address, to any account.
    case address
    /// Sign-ins from one known device.
    case device
    /// Second steps of sign-ins to one account.
    case secondFactor = "second_factor"
    /// Requests for a link that sets a new password, for one account.
    case passwordReset = "password_reset"
    /// Lines of the audit about refused sign-ins to one account.
    case auditLine = "audit_line"

    var rate: TryRate {
        switch self {
        case .account, .device: TryRate(burst: 10, interval: .seconds(60))
        case .address: TryRate(burst: 60, interval: .seconds(5))
        case .secondFactor: TryRate(burst: 5, interval: .seconds(60))
        case .passwordReset: TryRate(burst: 3, interval: .seconds(600))
        case .auditLine: TryRate(burst: 1, interval: .seconds(60))
        }
    }
}

/// What one row of counting stands for.
///
/// The key is kept as a keyed digest cut to 20 bits. Two keys share a row once in a million; whoever does not know the
/// encryption key cannot choose such a pair.
struct ThrottleKey: Sendable, Equatable {
    /// The most rows of a kind.
    static let bucketCount: UInt64 = 1 << 20

    let kind: Throttled
    let bucket: Int64

    init(_ kind: Throttled, _ key: String, _ keyring: Keyring) {
        self.kind = kind
        let digest = keyring.authenticationCode(of: "\(kind.rawValue)\n\(key)", for: "throttle 1")
        let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        bucket = Int64(number % Self.bucketCount)
    }
}
