import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Makes teams through the gateway as fast as they are acknowledged, and remembers those that were.
final class TeamWriter: Sendable {
    private let address: String
    private let key: String
    private let acknowledgedNames = Mutex<Set<String>>([])

    /// The teams whose creation was answered with 201.
    var acknowledged: Set<String> { acknowledgedNames.withLock { $0 } }

    init(address: String, key: String) {
        self.address = address
        self.key = key
    }

    /// Writes until it is cancelled; a failed request is none that counts.
    func run() async {
        while !Task.isCancelled {
            let name = "team \(UUID().uuidString)"
            var request = request("/v1/teams")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: #"{"name":"\#(name)"}"#))
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(5)) else { continue }
            if response.status == .created { _ = acknowledgedNames.withLock { $0.insert(name) } }
            _ = try? await response.body.collect(upTo: 65_536)
        }
    }

    /// All teams that there are, page by page.
    func stored() async throws -> Set<String> {
        var names: Set<String> = []
        var cursor: String?
        repeat {
            let query = "?limit=200" + (cursor.map { "&cursor=\($0)" } ?? "")
            let response = try await HTTPClient.shared.execute(request("/v1/teams\(query)"), timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 4 << 20)
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let page = try decoder.decode(Page.self, from: Data(body.readableBytesView))
            names.formUnion(page.items.map(\.name))
            cursor = page.nextCursor
        } while cursor != nil
        return names
    }

    private func request(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address + path)
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        return request
    }

    private struct Page: Decodable {
        let items: [Item]
        let nextCursor: String?
    }

    private struct Item: Decodable {
        let name: String
    }
}
