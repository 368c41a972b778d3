import NIOCore
import Synchronization

/// Counts a process's connections, in all and by address.
package final class ConnectionCensus: Sendable {
    private struct State {
        var count = 0
        var byAddress: [String: Int] = [:]
    }

    private let limits: ConnectionLimits
    private let state = Mutex(State())

    /// Takes the bounds.
    package init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Connections that are open.
    package var count: Int { state.withLock { $0.count } }

    /// Counts a connection in; false, and not counted, when there are too many.
    func enter(_ address: String?) -> Bool {
        state.withLock { state in
            guard state.count < limits.count else { return false }
            if limits.countPerAddress > 0, let address {
                guard state.byAddress[address, default: 0] < limits.countPerAddress else { return false }
                state.byAddress[address, default: 0] += 1
            }
            state.count += 1
            return true
        }
    }

    /// Counts a connection out.
    func leave(_ address: String?) {
        state.withLock { state in
            state.count -= 1
            guard limits.countPerAddress > 0, let address, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }
}
