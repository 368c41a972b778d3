import AsyncHTTPClient
import Foundation
import Models
import NIOCore
import NIOHTTP1
import TestSupport

/// Begins, watches and undoes jobs through the gateway, as a client of the API does.
struct JobClient: Sendable {
    let address: String
    let credential: String

    /// Begins a job; its address.
    func begin(_ body: String, under plural: String) async throws -> String {
        let answer = try await send(.POST, "/v1/\(plural)/jobs", body)
        guard answer.status == 202, let id = answer.json["id"]?.text else { throw Refused(answer: answer.json) }
        return "/v1/\(plural)/jobs/\(id)"
    }

    /// Has a job undone.
    func undo(_ path: String) async throws {
        let answer = try await send(.POST, "\(path)/undo", nil)
        guard answer.status == 202 else { throw Refused(answer: answer.json) }
    }

    /// The job as it is.
    func job(_ path: String) async throws -> Job {
        try WireJSON.decode(Job.self, from: try await send(.GET, path, nil).json)
    }

    private struct Refused: Error {
        let answer: JSONValue
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: String?
    ) async throws -> (status: UInt, json: JSONValue) {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(credential)")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return (response.status.code, try JSONParser.parse(Array(buffer: bytes)))
    }
}
