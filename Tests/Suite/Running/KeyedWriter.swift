import Foundation
import Synchronization

/// Makes teams at one process of identity and repeats each request under its idempotency key until it is answered.
///
/// Team names are unique: a request that happened twice would be told so by a conflict, which is noted.
final class KeyedWriter: Sendable {
    private struct State {
        var acknowledged: Set<String> = []
        var conflicts: [String] = []
    }

    private let client: KeyedClient
    private let state = Mutex(State())

    /// The teams whose creation was answered with 201, at the first or a later try.
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }
    /// What was answered where nothing but 201 or a passing failure may be.
    var conflicts: [String] { state.withLock { $0.conflicts } }

    init(address: String, credential: String) {
        client = KeyedClient(address: address, identity: address, credential: credential)
    }

    /// Writes one team after the other while `goesOn` says so; the last one is seen to its end.
    func run(while goesOn: @Sendable () -> Bool) async {
        while goesOn() {
            let name = "team \(UUID().uuidString)"
            let answer = await client.post("/v1/teams", #"{"name":"\#(name)"}"#, key: name)
            state.withLock { state in
                if answer?.status == 201 {
                    state.acknowledged.insert(name)
                } else {
                    state.conflicts.append("\(answer?.status ?? 0) \(answer?.text ?? "no answer")")
                }
            }
        }
    }
}
