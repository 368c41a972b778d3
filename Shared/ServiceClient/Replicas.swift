import Synchronization

/// The copies of one service, and which of them to ask next: in turn those that are ready, and none that could not be
/// reached a moment ago while there is another.
package final class Replicas: Sendable {
    /// How long a copy that could not be reached is left alone.
    private static let pause: Duration = .seconds(1)

    private struct Copy {
        let address: String
        var isReady = true
        var awayUntil: ContinuousClock.Instant?
    }

    private struct State {
        var copies: [Copy]
        var next = 0
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> ContinuousClock.Instant
    /// The base URLs, without a slash at the end.
    package let addresses: [String]

    /// Takes the base URLs of the copies.
    package init(
        _ addresses: [String], now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.addresses = addresses
        self.now = now
        state = Mutex(State(copies: addresses.map { Copy(address: $0) }))
    }

    /// Reads a list as configuration has it: base URLs with commas between.
    package convenience init(list: String) {
        self.init(
            list.split(separator: ",").map { entry in
                let url = entry.filter { $0 != " " }
                return url.hasSuffix("/") ? String(url.dropLast()) : url
            })
    }

    /// The copy to ask: the best there is, even if none seems well; `nil` when there is no address at all.
    package func choose() -> String? {
        state.withLock { state in
            guard state.copies.count > 1 else { return state.copies.first?.address }
            let order = (0..<state.copies.count).map { (state.next + $0) % state.copies.count }
            let instant = now()
            func isThere(_ copy: Copy) -> Bool { copy.awayUntil.map { $0 <= instant } ?? true }
            let chosen =
                order.first { state.copies[$0].isReady && isThere(state.copies[$0]) }
                ?? order.first { isThere(state.copies[$0]) } ?? order[0]
            state.next = (chosen + 1) % state.copies.count
            return state.copies[chosen].address
        }
    }

    /// Notes that a copy could not be reached.
    package func noteUnreachable(_ address: String) {
        let until = now() + Self.pause
        change(address) { $0.awayUntil = until }
    }

    /// Notes what a copy says of itself at `/readyz`.
    package func note(_ address: String, isReady: Bool) {
        change(address) { copy in
            copy.isReady = isReady
            if isReady { copy.awayUntil = nil }
        }
    }

    private func change(_ address: String, _ change: (inout Copy) -> Void) {
        state.withLock { state in
            guard let index = state.copies.firstIndex(where: { $0.address == address }) else { return }
            change(&state.copies[index])
        }
    }
}
