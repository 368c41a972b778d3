import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Models
import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("A batch of writes")
struct BatchTests {
    private let service = SampleService()
    private static let note = "/v1/notes/\(ID<SampleService.Note>.sample)"

    private func send(
        _ operations: [String], to service: SampleService, _ headers: HTTPFields = [:],
        permissions: Set<Permission> = [.workspaceRead, .teamsWrite]
    ) async throws -> TestResponse {
        var fields = try await service.authorization(permissions)
        for field in headers { fields[field.name] = field.value }
        let body = #"{"operations": [\#(operations.joined(separator: ", "))]}"#
        fields[.contentLength] = String(body.utf8.count)
        let all = fields
        return try await service.test { client in
            try await client.execute(
                uri: "/v1/notes/batch", method: .post, headers: all, body: ByteBuffer(string: body))
        }
    }

    private func operation(
        _ method: String = "PATCH", _ path: String = Self.note, more: String = #", "body": {"text": "new"}"#
    ) -> String {
        #"{"method": "\#(method)", "path": "\#(path)"\#(more)}"#
    }

    @Test("answers each operation in its place, as a request of its own would be answered (A10, C6, K5)")
    func results() async throws {
        let response = try await send(
            [
                operation(), operation(more: #", "if_match": "\"6\"", "body": {}"#),
                operation("POST", "/v1/notes", more: #", "body": {"text": "a", "priority": "agent"}"#),
                operation("PATCH", "/v1/notes/\(ID<User>.make(at: .now))"), operation(more: #", "body": {"odd": 1}"#),
                operation("PUT", more: ""), operation("DELETE", more: ""), operation(more: ""),
                operation(more: #", "if_match": "\"7\"", "body": {"text": "last"}"#),
            ], to: service, permissions: [.teamsWrite, .keysAdminister])
        #expect(response.status == .ok)
        let results = try response.json["results"]?.items ?? []
        #expect(results.map { $0["status"]?.whole } == [200, 412, 201, 404, 422, 405, 204, 400, 200])
        #expect(results[0]["etag"]?.text == "\"8\"")
        #expect(results[0]["body"]?["text"]?.text == "new")
        #expect(results[0]["location"] == nil)
        #expect(results[1]["etag"]?.text == "\"7\"")
        #expect(results[1]["body"]?["code"]?.text == "version_mismatch")
        #expect(results[2]["location"]?.text == "/v1/notes/x")
        #expect(results[4]["body"]?["errors"]?.items.first?["pointer"]?.text == "/odd")
        #expect(results[6] == .object([JSONValue.Member("status", 204)]))
        #expect(results[8]["body"]?["text"]?.text == "last")
        let typed = try WireJSON.decode(BatchResults.self, from: try response.json)
        #expect(typed.results.items.map(\.status) == [200, 412, 201, 404, 422, 405, 204, 400, 200])
    }

    @Test("an operation that is refused for now says when it may come back, and the batch how many it stands for (R-7)")
    func comesBack() async throws {
        let response = try await send([operation(), operation(more: #", "body": {"text": "busy"}"#)], to: service)
        let results = try response.json["results"]?.items ?? []
        #expect(results.map { $0["status"]?.whole } == [200, 503])
        #expect(results.map { $0["retry_after"]?.whole } == [nil, 7])
        #expect(response.headers[.internalCost] == "2")
        let none = try await send([], to: service)
        #expect(none.headers[.internalCost] == "1")
    }

    @Test("every operation has the caller, the request's id and its trace (R-6)")
    func exchange() async throws {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let response = try await send(
            [operation(), operation(), operation(more: #", "body": {"odd": 1}"#)], to: service,
            [.requestID: "asked-by-a-test", .traceparent: parent])
        #expect(response.headers[.requestID] == "asked-by-a-test")
        let failed = try response.json["results"]?.items.last?["body"]
        #expect(failed?["request_id"]?.text == "asked-by-a-test")
        let entries = service.log.entries
        #expect(entries.map(\.requestID) == ["asked-by-a-test", "asked-by-a-test"])
        #expect(entries.allSatisfy { $0.trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" })
        #expect(Set(entries.map(\.trace.spanID)).count == 2)
    }

    @Test("a key gives every operation one of its own, the same in a repeat, however long the key is (R-1)")
    func keys() async throws {
        let longest = String(repeating: "k", count: 255)
        var caller: HTTPFields = [.authorization: try await service.authorization()[.authorization] ?? ""]
        for key in ["one", "one", "two", longest] {
            caller[.idempotencyKey] = key
            let response = try await send([operation(), operation()], to: service, caller)
            #expect(response.status == .ok)
        }
        _ = try await send([operation()], to: service)
        let digests = service.log.entries.map(\.keyDigest)
        #expect(digests.count == 9)
        #expect(digests[0...1] == digests[2...3])
        #expect(Set(digests[0..<8].compactMap(\.self)).count == 6)
        #expect(digests[8] == nil)
        let refused = try await send([operation()], to: service, [.idempotencyKey: longest + "k"])
        #expect(refused.status == .badRequest)
        #expect(service.log.entries.count == 9)
    }

    @Test("a path outside of its plural, with a query, of the batch itself, or a method that reads is 422 by its place")
    func outside() async throws {
        let wrong = [
            "/v1/teams", "/v1/notesx", "/v1/notes?fields=id", "/v1/notes#x", "/v1/notes/", "/v1/notes//x", "v1/notes",
            "/v1/notes/a b", "/v1/notes/ä", "/v1/notes/batch", "http://h/v1/notes", "", "/v1/notes/a\\u0000",
        ]
        let paths = wrong.map { operation("PATCH", $0) } + [operation()]
        let others = [operation("GET"), operation("OPTIONS"), operation(more: #", "if_match": "x""#), "{}"]
        let response = try await send(paths + others, to: service)
        #expect(response.status.code == 422)
        #expect(
            response.faults.map { String($0.prefix { $0 != " " }) } == wrong.indices.map { "/operations/\($0)/path" }
                + [
                    "/operations/\(wrong.count + 1)/method", "/operations/\(wrong.count + 2)/method",
                    "/operations/\(wrong.count + 3)/if_match", "/operations/\(wrong.count + 4)/method",
                    "/operations/\(wrong.count + 4)/path",
                ])
        #expect(service.log.entries.isEmpty)
    }

    @Test(
        "a batch in a batch is no path however it is written, and reaches no handler",
        arguments: ["/v1/notes/%62atch", "/v1/notes/./batch", "/v1/notes/x/../batch"])
    func nested(path: String) async throws {
        let inner = #", "body": {"operations": [\#(operation())]}"#
        let response = try await send([operation("POST", path, more: inner)], to: service)
        let status = try response.json["results"]?.items.first?["status"]?.whole
        #expect(status == 405 || status == 404, "\(status ?? 0)")
        #expect(service.log.entries.isEmpty)
    }

    @Test("the routes that an operation can reach hold no batch, nor what comes from elsewhere")
    func innerRoutes() {
        let table = RouteTable([
            .batch(SampleService.batch), .raw(SampleService.fail.contract) { _, _ in throw CancellationError() },
            .on(SampleService.open) { _ in throw CancellationError() },
        ])
        #expect(table.inner.routes.map(\.contract.id) == ["notes.open"])
    }

    @Test("100 operations are taken, 101 are refused and none is done; none at all is no fault")
    func limit() async throws {
        let most = try await send(Array(repeating: operation(), count: 100), to: service)
        let results = try most.json["results"]?.items ?? []
        #expect(results.count == 100)
        let many = try await send(Array(repeating: operation(), count: 101), to: service)
        #expect(many.status.code == 422)
        #expect(many.faults == ["/operations too_long"])
        #expect(service.log.entries.count == 100)
        let none = try await send([], to: service)
        #expect(String(buffer: none.body) == #"{"results":[]}"#)
    }

    @Test("a caller without the batch's permission is refused; one without an operation's is refused that one (S-4)")
    func permissions() async throws {
        let refused = try await send([operation()], to: service, permissions: [.workspaceRead, .keysAdminister])
        #expect(refused.status == .forbidden)
        #expect(service.log.entries.isEmpty)
        let partly = try await send([operation(), operation("DELETE", more: "")], to: service)
        let results = try partly.json["results"]?.items ?? []
        #expect(results.map { $0["status"]?.whole } == [200, 403])
        #expect(service.log.entries.map(\.operation) == ["notes.change"])
        let nobody = try await send([operation()], to: service, [.authorization: "Bearer wrong"])
        #expect(nobody.status == .unauthorized)
    }

    @Test("when the time for the request has passed, what was done is told, and so is what was not (R-8)")
    func deadline() async throws {
        var hurried = service
        hurried.requestLimit = .seconds(1)
        let waiting = operation("POST", "\(Self.note)/wait", more: "")
        let response = try await send([operation(), waiting, operation()], to: hurried)
        #expect(response.status == .ok)
        let results = try response.json["results"]?.items ?? []
        #expect(results.map { $0["status"]?.whole } == [200, 504, 504])
        #expect(results[2]["body"]?["detail"]?.text?.contains("before this operation was begun") == true)
        #expect(results[2]["body"]?["request_id"]?.text == response.headers[.requestID])
        #expect(hurried.log.entries.map(\.operation) == ["notes.change", "notes.wait"])
    }

    @Test("operations are counted under their own routes, and the batch under its own")
    func metrics() async throws {
        _ = try await send([operation(), operation()], to: service)
        let text = service.metrics.exposition()
        #expect(
            text.contains(#"http_requests_total{method="PATCH",route="/v1/notes/{id}",status="200"} 2.0"#), "\(text)")
        #expect(
            text.contains(#"http_requests_total{method="POST",route="/v1/notes/batch",status="200"} 1.0"#), "\(text)")
    }
}
