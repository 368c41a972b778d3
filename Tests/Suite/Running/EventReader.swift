import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Reads the live stream as a browser's `EventSource` does: comes back after each end, with the last id it has seen.
final class EventReader: Sendable {
    private struct State {
        var changes: [String: [Int]] = [:]
        var endings: [String: Int] = [:]
        var resets = 0
        var lastEventID: String?
        var retry: Duration = .seconds(1)
    }

    private let balancer: Balancer
    private let key: String
    private let state = Mutex(State())

    /// The versions of each record in the order in which they came.
    var changes: [String: [Int]] { state.withLock { $0.changes } }
    /// How often each reason was told for a stream's end.
    var endings: [String: Int] { state.withLock { $0.endings } }
    /// How often it was told to read everything anew.
    var resets: Int { state.withLock { $0.resets } }
    /// Whether it has been taken in once.
    var isOpen: Bool { state.withLock { $0.lastEventID != nil } }

    init(_ balancer: Balancer, key: String) {
        self.balancer = balancer
        self.key = key
    }

    /// Reads until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await read()
            try? await Task.sleep(for: state.withLock { $0.retry })
        }
    }

    private func read() async throws {
        var request = HTTPClientRequest(url: balancer.address + "/v1/events")
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        if let last = state.withLock({ $0.lastEventID }) { request.headers.add(name: "Last-Event-ID", value: last) }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        guard response.status == .ok else { return }
        var text = ""
        for try await buffer in response.body {
            text += String(buffer: buffer)
            while let end = text.range(of: "\n\n") {
                take(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
            }
        }
    }

    /// Takes one event.
    private func take(_ event: Substring) {
        var fields: [Substring: Substring] = [:]
        for line in event.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
        }
        state.withLock { state in
            if let id = fields["id"] { state.lastEventID = String(id) }
            if let retry = fields["retry"].flatMap({ Int($0) }) { state.retry = .milliseconds(retry) }
            let data = fields["data"] ?? ""
            switch fields["event"] {
            case "change":
                guard let id = data.firstMatch(of: /"id":"([^"]+)"/)?.1,
                    let version = data.firstMatch(of: /"version":(\d+)/).flatMap({ Int($0.1) })
                else { return }
                state.changes[String(id), default: []].append(version)
            case "end":
                let reason = data.firstMatch(of: /"reason":"([^"]+)"/).map { String($0.1) } ?? "none"
                state.endings[reason, default: 0] += 1
            case "reset": state.resets += 1
            default: break
            }
        }
    }
}
