import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Models
import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("The edge of every service")
struct EdgeTests {
    private let service = SampleService()

    @Test("R-5: every failure is a problem answer with a code and the request's id")
    func failuresAreProblems() async throws {
        let headers = try await service.authorization()
        try await service.test { client in
            let asked: [(String, HTTPRequest.Method, HTTPFields, String?, Int, String)] = [
                ("/nothing", .get, [:], nil, 404, "not_found"),
                ("/v1/notes", .delete, headers, nil, 405, "method_not_allowed"),
                ("/v1/notes", .get, [:], nil, 401, "unauthenticated"),
                ("/v1/notes/x", .get, headers, nil, 404, "not_found"),
                ("/v1/notes?wrong=1", .get, headers, nil, 400, "invalid_parameter"),
                ("/v1/notes", .post, headers, "{", 400, "malformed_request"),
                ("/v1/notes", .post, headers, "{}", 422, "invalid_body"),
                ("/v1/failure", .get, [:], nil, 500, "internal_error"),
            ]
            for (path, method, fields, body, status, code) in asked {
                var fields = fields
                fields[.requestID] = "asked-by-a-test"
                if let body { fields[.contentLength] = String(body.utf8.count) }
                let response = try await client.execute(
                    uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) })
                #expect(response.status.code == status, "\(method) \(path)")
                #expect(response.problemCode == code, "\(method) \(path)")
                #expect(try response.json["request_id"] == "asked-by-a-test")
                #expect(try response.json["status"] == .integer(Int64(status)))
            }
        }
    }

    @Test("R-5: an unknown error tells nothing of the inside")
    func unknownErrorsAreSilent() async throws {
        try await service.test { client in
            let response = try await client.execute(uri: "/v1/failure", method: .get)
            let text = String(buffer: response.body)
            for word in ["SELECT", "relation", "/home/", ".swift", "Unknown", "secret"] {
                #expect(!text.contains(word))
            }
        }
    }

    @Test("405 names the methods that the address takes")
    func allowsMethods() async throws {
        try await service.test { client in
            let response = try await client.execute(uri: "/v1/notes", method: .delete)
            #expect(response.headers[.allow] == "GET, POST")
        }
    }

    @Test(
        "R-6: a sane request id comes back, another is replaced",
        arguments: [
            ("abc.DEF_1:2-3", true), (String(repeating: "x", count: 128), true),
            (String(repeating: "x", count: 129), false),
            ("a b", false), ("a\"b", false), ("é", false),
        ])
    func keepsSaneRequestIDs(id: String, isKept: Bool) async throws {
        try await service.test { client in
            let response = try await client.execute(uri: "/v1/open", method: .get, headers: [.requestID: id])
            let answered = try #require(response.headers[.requestID])
            #expect((answered == id) == isKept)
            #expect(ID<Exchange>(answered) != nil || isKept)
        }
    }

    @Test("R-6: a trace is continued, and a malformed one is replaced")
    func continuesTraces() async throws {
        try await service.test { client in
            let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            let continued = try await client.execute(uri: "/v1/open", method: .get, headers: [.traceparent: parent])
            let header = try #require(continued.headers[.traceparent])
            #expect(header.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-"))
            #expect(header.hasSuffix("-01"))
            #expect(!header.contains("00f067aa0ba902b7"))
            let malformed = try await client.execute(
                uri: "/v1/open", method: .get, headers: [.traceparent: "00-00000000000000000000000000000000-1-01"])
            #expect(malformed.headers[.traceparent]?.utf8.count == 55)
        }
    }

    @Test(
        "S-24: every answer carries the security headers, failures too",
        arguments: ["/v1/open", "/nothing", "/healthz"])
    func hasSecurityHeaders(path: String) async throws {
        try await service.test { client in
            let response = try await client.execute(uri: path, method: .get)
            #expect(response.headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
            #expect(response.headers[.xContentTypeOptions] == "nosniff")
            #expect(response.headers[.referrerPolicy] == "no-referrer")
            #expect(response.headers[.cacheControl] == "no-store")
            #expect(response.headers[.crossOriginOpenerPolicy] == "same-origin")
        }
    }

    @Test("a handler that takes longer than a request may is given up with 504")
    func givesUpLateHandlers() async throws {
        // A stream that nobody feeds ends when its reader is cancelled, and no sooner.
        let (nothing, feeder) = AsyncStream.makeStream(of: Void.self)
        defer { feeder.finish() }
        let late = await #expect(throws: Problem.self) {
            try await Deadline.run(within: .milliseconds(20), "The request") { for await _ in nothing {} }
        }
        #expect(late?.code == .deadlineExceeded)
    }

    @Test("an open operation needs nothing, and HEAD answers like GET without a body")
    func servesOpenOperations() async throws {
        try await service.test { client in
            let got = try await client.execute(uri: "/v1/open", method: .get)
            #expect(got.status == .ok)
            #expect(try got.json["text"] == "hello")
            let head = try await client.execute(uri: "/v1/open", method: .head)
            #expect(head.status == .ok)
            #expect(head.body.readableBytes == 0)
        }
    }

    @Test("requests are counted by template, method and status, and the text is what Prometheus reads")
    func countsRequests() async throws {
        let headers = try await service.authorization()
        try await service.test { client in
            for _ in 0..<3 {
                _ = try await client.execute(
                    uri: "/v1/notes/\(ID<User>.make(at: .now))", method: .get, headers: headers)
            }
            let text = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(
                text.contains(#"http_requests_total{method="GET",route="/v1/notes/{id}",status="404"} 3.0"#), "\(text)")
            #expect(text.contains("# TYPE http_request_duration_seconds histogram"))
            #expect(text.contains(#"http_request_duration_seconds_count{method="GET",route="/v1/notes/{id}"} 3"#))
        }
    }

    @Test("staff are told how long the database took, on failures too; nobody else is (Server-Timing)")
    func tellsTimeToStaff() async throws {
        let staff = try await service.authorization()
        var process = staff
        let principal = Principal.sample(
            kind: .service, permissions: [.workspaceRead], expiresAt: service.clock.now().adding(.seconds(60)))
        process[.authorization] =
            "Bearer \(try await service.signer.token(for: principal, issuedAt: service.clock.now()))"
        let other = process
        try await service.test { client in
            let path = "/v1/notes/\(ID<User>.make(at: .now))"
            for (path, headers, status, isTold) in [
                ("/v1/notes", staff, 200, true), (path, staff, 404, true), ("/v1/notes", other, 200, false),
                ("/v1/notes", [:], 401, false), ("/v1/open", staff, 200, false),
                ("/v1/notes?limit=0", staff, 400, true),
            ] {
                let response = try await client.execute(uri: path, method: .get, headers: headers)
                #expect(response.status.code == status)
                #expect((response.headers[.serverTiming] == "db;dur=0.000") == isTold, "\(path) \(status)")
            }
        }
    }

    @Test("a process that drains, or misses something, says so at /readyz and lives on at /healthz")
    func saysWhetherItIsReady() async throws {
        try await service.test(readiness: [{ "The moon is down." }]) { client in
            let response = try await client.execute(uri: "/readyz", method: .get)
            #expect(response.status == .serviceUnavailable)
            #expect(try response.json["detail"] == "The moon is down.")
            #expect(response.headers[.retryAfter] == "1")
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
        }
        let readiness = Readiness(checks: [])
        #expect(await readiness.faults() == [])
        readiness.drain()
        #expect(await readiness.faults() == ["The process is draining."])
    }
}
