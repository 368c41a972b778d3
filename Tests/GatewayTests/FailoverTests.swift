import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceClient
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Several copies of a service")
struct FailoverTests {
    private let exchanged = Exchange([:], now: .now)
    private let upstream = Upstream(links: LinkPool.shared, timeout: .seconds(10), patience: .milliseconds(100))

    private func send(
        _ method: HTTPRequest.Method, _ fields: HTTPFields = [:], to replicas: Replicas
    ) async throws -> HTTPResponse.Status {
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "x", path: "/v1/users", headerFields: fields),
            body: RequestBody(buffer: ByteBuffer()))
        return try await upstream.forward(request, to: replicas, Voucher(), exchanged).status
    }

    @Test("a copy that cannot be reached costs no request: the next is asked, and the other left alone for a while")
    func passesOver() async throws {
        let peer = Peer { _, _ in Response(status: .ok) }
        try await peer.listening { alive in
            let replicas = Replicas(["http://127.0.0.1:1", alive])
            for method in [HTTPRequest.Method.get, .post, .post] {
                let status = try await send(method, to: replicas)
                #expect(status == .ok)
            }
            #expect(peer.requests.count == 3)
            #expect(replicas.choose() == alive && replicas.choose() == alive)
        }
    }

    @Test("a connection that breaks after sending is tried at another copy for reads and keyed writes alone")
    func repeats() async throws {
        let peer = Peer { _, _ in Response(status: .ok) }
        try await peer.listening { alive in
            try await BreakingServer.listening { breaking, broken in
                for (method, fields) in [
                    (HTTPRequest.Method.get, HTTPFields()), (.post, [.idempotencyKey: "a key of some length"]),
                ] {
                    let status = try await send(method, fields, to: Replicas([breaking, alive]))
                    #expect(status == .ok)
                }
                #expect(broken.count == 2 && peer.requests.count == 2)
                let refused = await #expect(throws: Problem.self) {
                    try await send(.post, to: Replicas([breaking, alive]))
                }
                #expect(refused?.code == .unavailable)
                #expect(broken.count == 3 && peer.requests.count == 2)
            }
        }
    }

    @Test("R-10: a copy that says that it stops is asked no more while another is ready, and again when it is")
    func watches() async throws {
        let readiness = Switch()
        let stopping = Peer { request, _ in
            Response(status: request.uri.path == "/readyz" && !readiness.isOn ? .serviceUnavailable : .ok)
        }
        let other = Peer { _, _ in Response(status: .ok) }
        try await stopping.listening { first in
            try await other.listening { second in
                let replicas = Replicas([first, second])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await ReplicaWatch(client: HTTPClient.shared, services: [replicas]).run() }
                    defer { group.cancelAll() }
                    try await eventually("the first is passed over") {
                        Set((0..<4).compactMap { _ in replicas.choose() }) == [second]
                    }
                    readiness.isOn = true
                    try await eventually("both are asked") {
                        Set((0..<4).compactMap { _ in replicas.choose() }) == [first, second]
                    }
                }
            }
        }
    }
}
