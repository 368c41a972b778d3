import HTTPTypes
import Hummingbird
import Models
import NIOCore
import NIOHTTP1
import ServiceClient
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Passing requests on")
struct UpstreamTests {
    private let exchanged = Exchange([:], now: .now)
    private let upstream = Upstream(
        links: LinkPool.shared, timeout: .seconds(10), patience: .milliseconds(100))

    private func request(
        _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], _ body: RequestBody? = nil
    ) -> Request {
        Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "x", path: path, headerFields: fields),
            body: body ?? RequestBody(buffer: ByteBuffer()))
    }

    @Test("method, path with query, fields and body arrive as they were sent, with the token")
    func forwards() async throws {
        let peer = Peer { request, _ in
            let body = try await request.body.collect(upTo: 1_000)
            return Response(
                status: .created, headers: [.eTag: "\"3\"", .contentType: "application/json"],
                body: ResponseBody(byteBuffer: body))
        }
        try await peer.listening { baseURL in
            let sent = request(
                .post, "/v1/users?x=%20y", [.contentType: "application/json", .contentLength: "5"],
                RequestBody(buffer: ByteBuffer(string: "hello")))
            let response = try await upstream.forward(
                sent, to: Replicas([baseURL]), Voucher(token: "signed"), exchanged)
            #expect(response.status == .created)
            #expect(response.headers[.eTag] == "\"3\"")
            let seen = try #require(peer.requests.first)
            #expect(seen.method == .post)
            #expect(seen.path == "/v1/users?x=%20y")
            #expect(seen.fields[.authorization] == "Bearer signed")
            #expect(seen.fields[.contentLength] == "5")
        }
    }

    @Test("the service reads the first bytes of a body before its last were sent")
    func streamsRequests() async throws {
        let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
        let (parts, source) = AsyncStream.makeStream(of: ByteBuffer.self)
        let peer = Peer { request, _ in
            var count = 0
            for try await part in request.body {
                if count == 0 { arrival.yield() }
                count += part.readableBytes
            }
            return Response(status: .ok, headers: [.eTag: "\"\(count)\""])
        }
        try await peer.listening { baseURL in
            let sent = request(
                .post, "/v1/users", [.transferEncoding: "chunked"], RequestBody(asyncSequence: parts))
            async let response = upstream.forward(sent, to: Replicas([baseURL]), Voucher(), exchanged)
            source.yield(ByteBuffer(string: "first"))
            for await _ in arrived.prefix(1) { break }
            source.yield(ByteBuffer(string: "second"))
            source.finish()
            let tag = try await response.headers[.eTag]
            #expect(tag == "\"11\"")
        }
    }

    @Test("a service that cannot be reached is 503 with a time to come back, a late one is 504")
    func translatesFailures() async throws {
        let away = await #expect(throws: Problem.self) {
            try await upstream.forward(
                request(.get, "/v1/users"), to: Replicas(["http://127.0.0.1:1"]), Voucher(), exchanged)
        }
        #expect(away?.code == .unavailable)
        #expect(away?.headers["Retry-After"] == "1")
        let impatient = Upstream(links: LinkPool.shared, timeout: .milliseconds(100))
        let (permission, giver) = AsyncStream.makeStream(of: Void.self)
        let peer = Peer { _, _ in
            for await _ in permission {}
            return Response(status: .ok)
        }
        try await peer.listening { baseURL in
            defer { giver.finish() }
            let late = await #expect(throws: Problem.self) {
                try await impatient.forward(request(.get, "/v1/users"), to: Replicas([baseURL]), Voucher(), exchanged)
            }
            #expect(late?.code == .deadlineExceeded)
        }
    }

    @Test(
        "the door's own origin is scheme, host and port",
        arguments: [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://Help.Example.com/", "https://help.example.com"),
            ("https://help.example.com/a/b?c", "https://help.example.com"),
        ])
    func readsOrigins(url: String, origin: String) {
        #expect(Origin.of(url) == origin)
    }
}
