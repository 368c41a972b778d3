import Synchronization

/// Whom a limit counts: an address, a credential, a workspace.
struct LimitKey: Hashable, Sendable {
    enum Kind: UInt8, Sendable { case address, principal, workspace }

    let kind: Kind
    let high: UInt64
    let low: UInt64
}

/// What a request counts against: whose count, and how many requests that one may make in a window.
struct LimitClaim: Hashable, Sendable {
    let key: LimitKey
    let quota: Int
}

/// How a caller stands to a limit.
struct LimitStanding: Equatable, Sendable {
    /// Whose limit.
    let kind: LimitKey.Kind
    /// Requests that are left just now.
    let remaining: Int
    /// Seconds until a request that is refused now would be let in; until the end of the window for one that is not.
    let seconds: Int
}

/// Counts requests over a sliding window, in the memory of this copy of the gateway.
///
/// The count of the last window fades as the present one passes, so a caller gets its quota in each window and never
/// twice of it around a boundary. A request that is refused is not counted. A token bucket that holds a whole quota
/// would let a fresh caller have nearly twice of it in its first window, and one that holds little would refuse a page
/// that asks for ten things at once.
final class RateLimiter: Sendable {
    /// What was decided on a request.
    enum Verdict: Equatable, Sendable {
        /// Let in; how the caller stands to the limit it is nearest to.
        case granted(LimitStanding?)
        /// Not let in, by this limit.
        case refused(LimitStanding)
    }

    private struct State {
        var window: Int64 = 0
        var present: [LimitKey: Int] = [:]
        var last: [LimitKey: Int] = [:]
    }

    /// Past the most keys of a window, new ones share this many places, so that a flood of addresses limits itself and
    /// no caller who is known.
    private static let sharedPlaces: UInt64 = 1_024

    private let windowMilliseconds: Int64
    private let keyLimit: Int
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - windowSeconds: The length of a window.
    ///   - keyLimit: The most callers that are counted apart in a window.
    ///   - now: Milliseconds of a clock that never goes back.
    init(windowSeconds: Int, keyLimit: Int = 50_000, now: @escaping @Sendable () -> Int64 = RateLimiter.uptime) {
        windowMilliseconds = Int64(windowSeconds) * 1_000
        self.keyLimit = keyLimit
        self.now = now
    }

    /// Counts a request against all of some limits, or against none when one of them refuses it.
    func take(_ claims: [LimitClaim], cost: Int = 1) -> Verdict {
        let instant = now()
        return state.withLock { state in
            advance(&state, to: instant)
            var nearest: LimitStanding?
            for claim in claims {
                let key = place(of: claim.key, state)
                let used = used(key, state, at: instant)
                guard used + Double(cost) <= Double(claim.quota) else {
                    let wait = wait(for: claim.quota, key, cost, state, at: instant)
                    return .refused(LimitStanding(kind: claim.key.kind, remaining: 0, seconds: wait))
                }
                let left = Int(Double(claim.quota) - used) - cost
                if nearest.map({ left < $0.remaining }) ?? true {
                    let rest = windowMilliseconds - instant % windowMilliseconds
                    nearest = LimitStanding(
                        kind: claim.key.kind, remaining: max(0, left), seconds: Int((rest + 999) / 1_000))
                }
            }
            for claim in claims { state.present[place(of: claim.key, state), default: 0] += cost }
            return .granted(nearest)
        }
    }

    /// Counts what is known only afterwards, whether it fits or not: a refused credential, or, negative, an answer that
    /// cost nothing.
    func add(_ cost: Int, to claims: [LimitClaim]) {
        let instant = now()
        state.withLock { state in
            advance(&state, to: instant)
            for claim in claims {
                let key = place(of: claim.key, state)
                state.present[key] = min(max(0, (state.present[key] ?? 0) + cost), claim.quota)
            }
        }
    }

    /// How many callers are counted apart at this moment.
    var keyCount: Int { state.withLock { $0.present.count + $0.last.count } }

    private func advance(_ state: inout State, to instant: Int64) {
        let window = instant / windowMilliseconds
        guard window != state.window else { return }
        state.last = window == state.window + 1 ? state.present : [:]
        state.present = [:]
        state.window = window
    }

    private func place(of key: LimitKey, _ state: State) -> LimitKey {
        guard state.present.count >= keyLimit, state.present[key] == nil else { return key }
        return LimitKey(kind: key.kind, high: .max, low: (key.high ^ key.low) % Self.sharedPlaces)
    }

    private func used(_ key: LimitKey, _ state: State, at instant: Int64) -> Double {
        let present = Double(state.present[key] ?? 0)
        guard let last = state.last[key] else { return present }
        return present + Double(last) * (1 - Double(instant % windowMilliseconds) / Double(windowMilliseconds))
    }

    /// Seconds until a request of a cost is let in, if nobody else counts against the same key; rounded up, so that who
    /// waits as long is let in.
    private func wait(for quota: Int, _ key: LimitKey, _ cost: Int, _ state: State, at instant: Int64) -> Int {
        let (present, last) = (Double(state.present[key] ?? 0), Double(state.last[key] ?? 0))
        let passed = Double(instant % windowMilliseconds) / Double(windowMilliseconds)
        let room = Double(quota - cost)
        let windows: Double
        if room < 0 {
            windows = 1
        } else if present <= room, last > 0 {
            windows = 1 - (room - present) / last - passed
        } else {
            windows = 1 - passed + (present > 0 ? max(0, 1 - room / present) : 0)
        }
        return max(1, Int((windows * Double(windowMilliseconds) / 1_000).rounded(.up)))
    }

    /// Milliseconds since the machine started.
    static func uptime() -> Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - Self.start).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    private static let start = ContinuousClock.now
}
