import Foundation
import Synchronization

/// Opens tickets at one process and brings each through its life, every step under a key and repeated until it is
/// answered.
final class TicketWriter: Sendable {
    private struct State {
        var versions: [String: Int] = [:]
        var steps = 0
        var refused: [String] = []
    }

    private struct Written: Decodable {
        let id: String
        let version: Int
    }

    private let client: KeyedClient
    private let state = Mutex(State())

    /// The version of each ticket after the last step that was acknowledged.
    var versions: [String: Int] { state.withLock { $0.versions } }
    /// How many steps were acknowledged.
    var steps: Int { state.withLock { $0.steps } }
    /// What was answered where nothing but success or a passing failure may be.
    var refused: [String] { state.withLock { $0.refused } }

    init(client: KeyedClient) {
        self.client = client
    }

    /// Works on one ticket after the other while `goesOn` says so; the last step is seen to its end.
    func run(while goesOn: @Sendable () -> Bool) async {
        while goesOn() {
            let body = #"{"owner":{"memo":"somebody"},"description":"It does not work","priority":"high"}"#
            guard let ticket = await step("/v1/tickets", body) else { continue }
            for (path, body) in Self.life {
                guard goesOn(), await step("/v1/tickets/\(ticket)/\(path)", body, of: ticket) != nil else { break }
            }
        }
    }

    private static let life = [
        ("claim", ""), ("notes", #"{"text":"Called back"}"#),
        ("status", #"{"status":"in_progress","wait_reason":"parts"}"#),
        ("assign", #"{"assignee_id":null}"#), ("status", #"{"status":"completed"}"#),
        ("status", #"{"status":"open","reason":"It is back"}"#), ("status", #"{"status":"closed"}"#),
    ]

    /// One step.
    ///
    /// - Returns: The ticket's id; nil when the step was refused.
    private func step(_ path: String, _ body: String, of ticket: String? = nil) async -> String? {
        let answer = await client.post(path, body, key: UUID().uuidString)
        let written = answer.flatMap { try? JSONDecoder().decode(Written.self, from: Data($0.text.utf8)) }
        return state.withLock { state in
            guard let answer, answer.isMade else {
                state.refused.append("\(path): \(answer?.status ?? 0) \(answer?.text ?? "no answer")")
                return nil
            }
            state.steps += 1
            // A note answers itself, without the ticket's version.
            if let ticket {
                state.versions[ticket, default: 0] += 1
                return ticket
            }
            if let written { state.versions[written.id] = written.version }
            return written?.id
        }
    }
}
