import AsyncHTTPClient
import Foundation
import Models
import NIOCore
import NIOHTTP1
import TestSupport

/// A request to one of the suite's ports.
struct WallRequest: Sendable {
    var method = "GET"
    /// The address, with its scheme.
    var url: String
    var fields: [(String, String)] = []
    var body: [UInt8]?

    /// What it is, for messages.
    var text: String { "\(method) \(url)" }

    /// The same with JSON as its body.
    func with(json: JSONValue?) -> WallRequest {
        guard let json else { return self }
        var copy = self
        copy.body = JSONWriter.bytes(of: json)
        copy.fields.append(("Content-Type", "application/json"))
        return copy
    }

    /// The same with further fields.
    func with(_ fields: (String, String)...) -> WallRequest {
        var copy = self
        copy.fields += fields
        return copy
    }
}

/// What a request was answered.
struct WallAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue { (try? JSONParser.parse(bytes)) ?? .null }
    var code: String? { json["code"]?.text }
    /// The pointers of the problem's errors, in order.
    var pointers: [String] { (json["errors"]?.items ?? []).compactMap { $0["pointer"]?.text } }
    /// Fields and body as one text, to search in.
    var everything: String { headers.map { "\($0.name): \($0.value)\n" }.joined() + text }
}

/// Sends requests, many at a time.
enum WallClient {
    /// Sends one; a few times, since whoever is answered before its body was read may find the connection reset.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - limit: The longest that each try may take.
    /// - Returns: The answer.
    /// - Throws: `HTTPClientError` when there is none.
    static func send(_ request: WallRequest, within limit: TimeAmount = .seconds(30)) async throws -> WallAnswer {
        for _ in 0..<4 {
            do {
                return try await attempt(request, limit)
            } catch is IOError {
                continue
            } catch let error as HTTPClientError where error == .remoteConnectionClosed {
                continue
            } catch is ChannelError {
                continue
            }
        }
        return try await attempt(request, limit)
    }

    private static func attempt(_ request: WallRequest, _ limit: TimeAmount) async throws -> WallAnswer {
        var sent = HTTPClientRequest(url: request.url)
        sent.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.fields { sent.headers.add(name: name, value: value) }
        if let body = request.body { sent.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(sent, timeout: limit)
        let body = try await response.body.collect(upTo: 8 << 20)
        return WallAnswer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(buffer: body))
    }

    /// Sends all, some at a time, and hands each answer over in the order of its coming.
    static func sendAll(
        _ requests: [WallRequest], width: Int = 16, _ take: (WallRequest, WallAnswer) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (WallRequest, WallAnswer).self) { group in
            var left = requests.makeIterator()
            for _ in 0..<width {
                guard let request = left.next() else { break }
                group.addTask { (request, try await send(request)) }
            }
            while let (request, answer) = try await group.next() {
                try take(request, answer)
                if let request = left.next() { group.addTask { (request, try await send(request)) } }
            }
        }
    }
}
