import Models
import ServiceClient
import Synchronization

/// One service behind the gateway: its copies, and how many requests may be under way to it.
///
/// The bound keeps a service that hangs from holding the whole gateway, and half of it is the most that one
/// workspace may take.
final class UpstreamService: Sendable {
    private struct State {
        var count = 0
        var byWorkspace: [ID<Workspace>: Int] = [:]
    }

    let name: ServiceName
    let replicas: Replicas
    private let limit: Int
    private let state = Mutex(State())

    /// Names a service.
    ///
    /// - Parameters:
    ///   - name: The service.
    ///   - replicas: Where its copies are.
    ///   - limit: The most requests under way.
    init(name: ServiceName, replicas: Replicas, limit: Int) {
        self.name = name
        self.replicas = replicas
        self.limit = limit
    }

    /// Requests under way.
    var count: Int { state.withLock { $0.count } }

    /// Begins a request; ``leave(_:)`` ends it.
    ///
    /// - Throws: ``Problem`` 503 at once when too many are under way.
    func enter(_ workspace: ID<Workspace>?) throws(Problem) {
        let isIn = state.withLock { state in
            guard state.count < limit else { return false }
            if let workspace {
                guard state.byWorkspace[workspace, default: 0] < max(1, limit / 2) else { return false }
                state.byWorkspace[workspace, default: 0] += 1
            }
            state.count += 1
            return true
        }
        guard isIn else {
            throw Problem.unavailable("Too many requests are under way; try again in a second.", retryAfterSeconds: 1)
        }
    }

    /// Ends a request that ``enter(_:)`` began.
    func leave(_ workspace: ID<Workspace>?) {
        state.withLock { state in
            state.count -= 1
            guard let workspace, let count = state.byWorkspace[workspace] else { return }
            state.byWorkspace[workspace] = count > 1 ? count - 1 : nil
        }
    }
}
