import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Reads and writes through the door at an even rate, as many agents at work do, and remembers what failed.
final class SteadyLoad: Sendable {
    private struct State {
        var requests = 0
        var offered = 0
        var failures: [String] = []
        var opened: [String: [String]] = [:]
    }

    private struct Opened: Decodable {
        let id: String
    }

    /// Requests that wait for an answer at the same time at most.
    private static let lanes = 10

    private let balancer: Balancer
    private let key: String
    private let interval: Duration
    private let state = Mutex(State())

    /// How many requests were sent and answered, well or not.
    var requests: Int { state.withLock { $0.requests } }
    /// How many requests were due, sent or not: those that fell due while all lanes waited are not made up for.
    var offered: Int { state.withLock { $0.offered } }
    /// What was not answered as it should have been.
    var failures: [String] { state.withLock { $0.failures } }
    /// The ids of the tickets and tasks that were opened.
    var opened: [String] { state.withLock { $0.opened.values.flatMap { $0 } } }

    /// The ids of the `tickets` or `tasks` that were opened, in order.
    func opened(_ plural: String) -> [String] { state.withLock { $0.opened[plural, default: []] } }

    /// - Parameters:
    ///   - balancer: Chooses the gateway.
    ///   - key: An API key.
    ///   - rate: Requests a second.
    init(_ balancer: Balancer, key: String, rate: Int) {
        self.balancer = balancer
        self.key = key
        interval = .seconds(1) / rate
    }

    /// Works until `goesOn` says no.
    func run(while goesOn: @Sendable @escaping () -> Bool) async {
        await withDiscardingTaskGroup { group in
            for lane in 0..<Self.lanes {
                group.addTask {
                    var next = ContinuousClock.now + self.interval * lane
                    var turn = lane
                    while goesOn() {
                        try? await Task.sleep(until: next)
                        self.state.withLock { $0.offered += 1 }
                        await self.send(turn)
                        turn += 1
                        next += self.interval * Self.lanes
                        while next < .now {
                            self.state.withLock { $0.offered += 1 }
                            next += self.interval * Self.lanes
                        }
                    }
                }
            }
        }
    }

    /// One request: lists, a record, another service's list, and openings, half of them without a key.
    private func send(_ turn: Int) async {
        switch turn % 9 {
        case 0: await send(.GET, "/v1/tickets?limit=20")
        case 1: await send(.GET, opened("tickets").last.map { "/v1/tickets/\($0)" } ?? "/v1/organizations")
        case 2: await send(.GET, "/v1/individuals")
        case 3: await send(.GET, "/v1/users")
        case 4: await send(.GET, "/v1/worklist?limit=20")
        case 5: await send(.GET, opened("tasks").last.map { "/v1/tasks/\($0)" } ?? "/v1/tasks?limit=20")
        case 6: await open("tasks", #"{"title":"Call the supplier"}"#, withKey: turn.isMultiple(of: 2))
        default:
            let ticket = #"{"owner":{"memo":"somebody"},"description":"It does not work"}"#
            await open("tickets", ticket, withKey: turn.isMultiple(of: 2))
        }
    }

    private func open(_ plural: String, _ body: String, withKey: Bool) async {
        let answer = await send(
            .POST, "/v1/\(plural)", body, withKey ? ["Idempotency-Key": UUID().uuidString] : [:])
        guard let answer, let record = try? JSONDecoder().decode(Opened.self, from: Data(answer.readableBytesView))
        else { return }
        state.withLock { $0.opened[plural, default: []].append(record.id) }
    }

    @discardableResult
    private func send(
        _ method: HTTPMethod, _ path: String, _ body: String = "", _ fields: [String: String] = [:]
    ) async -> ByteBuffer? {
        let address = balancer.address
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers = HTTPHeaders(fields.map { ($0.key, $0.value) } + [("Authorization", "Bearer \(key)")])
        if !body.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let answer = try await response.body.collect(upTo: 1 << 20)
            let isGood = (200..<300).contains(response.status.code)
            note(isGood ? nil : "\(method) \(address)\(path): \(response.status.code) \(String(buffer: answer))")
            return isGood ? answer : nil
        } catch {
            note("\(method) \(address)\(path): \(error)")
            return nil
        }
    }

    private func note(_ failure: String?) {
        state.withLock { state in
            state.requests += 1
            if let failure { state.failures.append("\(Date.now): \(failure)") }
        }
    }
}
