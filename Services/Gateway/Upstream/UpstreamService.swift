import Models
import ServiceClient
import Synchronization

/// One service behind the gateway: its copies, and how many requests may be under way to it.
///
/// The bound keeps a service that hangs from holding the whole gateway. Half of it is the most that one workspace
/// may take, and an eighth the most that an address may take that nobody has signed in from: a request holds its
/// place while its body is still coming, and slow bodies cost nothing to send.
final class UpstreamService: Sendable {
    /// Who takes places.
    enum Party: Hashable, Sendable {
        case workspace(ID<Workspace>)
        case address(LimitKey)
    }

    private struct State {
        var count = 0
        var byParty: [Party: Int] = [:]
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

    /// Begins a request, which ends when nobody holds its place any more.
    ///
    /// - Throws: ``Problem`` 503 at once when too many are under way.
    func enter(_ party: Party?) throws(Problem) -> UpstreamPlace {
        try take(party)
        return UpstreamPlace(service: self, party: party)
    }

    private func take(_ party: Party?) throws(Problem) {
        let isIn = state.withLock { state in
            guard state.count < limit else { return false }
            if let party {
                guard state.byParty[party, default: 0] < share(of: party) else { return false }
                state.byParty[party, default: 0] += 1
            }
            state.count += 1
            return true
        }
        guard isIn else {
            throw Problem.unavailable("Too many requests are under way; try again in a second.", retryAfterSeconds: 1)
        }
    }

    /// Ends a request.
    fileprivate func leave(_ party: Party?) {
        state.withLock { state in
            state.count -= 1
            guard let party, let count = state.byParty[party] else { return }
            state.byParty[party] = count > 1 ? count - 1 : nil
        }
    }

    private func share(of party: Party) -> Int {
        switch party {
        case .workspace: max(1, limit / 2)
        case .address: max(1, limit / 8)
        }
    }
}

/// A request's place at a service: held until its answer is written, or dropped.
final class UpstreamPlace: Sendable {
    private let service: UpstreamService
    private let party: UpstreamService.Party?

    fileprivate init(service: UpstreamService, party: UpstreamService.Party?) {
        self.service = service
        self.party = party
    }

    deinit { service.leave(party) }
}
