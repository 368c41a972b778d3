import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

/// What stands before several gateways: asks each again and again whether it takes requests, and names those that do
/// in turn.
final class Balancer: Sendable {
    /// One gateway.
    struct Door: Sendable {
        let address: String
        let probe: String
    }

    private struct State {
        var ready: [Bool]
        var next = 0
    }

    private let doors: [Door]
    private let state: Mutex<State>

    init(_ doors: [Door]) {
        self.doors = doors
        state = Mutex(State(ready: doors.map { _ in false }))
    }

    /// The gateway to ask next; any when none seems to take requests.
    var address: String {
        state.withLock { state in
            let order = (1...doors.count).map { (state.next + $0) % doors.count }
            state.next = order.first { state.ready[$0] } ?? state.next
            return doors[state.next].address
        }
    }

    /// Looks at all of them until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            for (index, door) in doors.enumerated() {
                let isReady = await Self.isReady(door.probe)
                state.withLock { $0.ready[index] = isReady }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Whether a process says that it takes requests.
    static func isReady(_ probe: String) async -> Bool {
        let response = try? await HTTPClient.shared.execute(HTTPClientRequest(url: probe), timeout: .milliseconds(500))
        _ = try? await response?.body.collect(upTo: 65_536)
        return response?.status == .ok
    }
}
