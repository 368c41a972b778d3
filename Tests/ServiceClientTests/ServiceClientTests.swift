import AsyncHTTPClient
import HTTPTypes
import Models
import NIOCore
import ServiceClient
import Testing

@Suite("Calls to other services")
struct ServiceClientTests {
    private let caller = Caller()
    private let context = CallContext(
        requestID: "request-1", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    private let thing = Thing(id: .make(at: .now), displayName: "A b/c")
    private var thingText: String { #"{"id":"\#(thing.id)","display_name":"A b/c","added_later":1}"# }

    @Test("R-6: a call carries the request's id, its trace, the token and a key, and its answer is decoded")
    func carries() async throws {
        let upstream = Upstream([
            .answer(
                201, thingText,
                [.eTag: "\"1\"", .location: "/v1/things/1", HTTPField.Name("Idempotent-Replayed")!: "true"])
        ])
        try await upstream.serving { address in
            let answer = try await caller.client(address).call(
                .identity, Things.create.request(body: NewThing(displayName: "A b/c")), in: context)
            #expect(answer.value == thing)
            #expect(answer.status == 201)
            #expect(answer.etag == "\"1\"")
            #expect(answer.location == "/v1/things/1")
            #expect(answer.isReplay)
        }
        let asked = try #require(upstream.requests.first)
        #expect(asked.method == "POST")
        #expect(asked.target == "/v1/things")
        #expect(asked.body == #"{"display_name":"A b/c"}"#)
        #expect(asked.headers[.init("X-Request-Id")!] == "request-1")
        #expect(asked.headers[.init("traceparent")!] == context.traceparent)
        #expect(asked.headers[.authorization] == "Bearer own-token")
        #expect(asked.headers[.init("Idempotency-Key")!]?.count == 36)
    }

    @Test("path and parameters are percent-encoded, absent parameters are left out")
    func addresses() async throws {
        let upstream = Upstream([], otherwise: .answer(200, #"{"items":[],"next_cursor":null}"#))
        try await upstream.serving { address in
            let client = caller.client(address)
            _ = try await client.call(
                .identity, Things.list.request(query: ThingQuery(q: "ä &=?", limit: nil)), in: context)
            _ = try await client.call(.identity, Things.list.request(query: ThingQuery(q: nil, limit: 5)), in: context)
        }
        #expect(upstream.requests.map(\.target) == ["/v1/things?q=%C3%A4%20%26%3D%3F", "/v1/things?limit=5"])
    }

    @Test("a person's token is forwarded instead of the service's own")
    func forwards() async throws {
        let upstream = Upstream([.answer(204, "")])
        let context = CallContext(requestID: "r", token: "persons-token")
        try await upstream.serving { address in
            _ = try await caller.client(address).call(
                .identity, Things.delete.request(path: IDPath(id: thing.id)), in: context, CallOptions(ifMatch: 7))
        }
        #expect(upstream.requests.first?.headers[.authorization] == "Bearer persons-token")
        #expect(upstream.requests.first?.headers[.ifMatch] == "\"7\"")
        #expect(upstream.requests.first?.target == "/v1/things/\(thing.id)")
    }

    @Test("a call that failed in passing is repeated under the same key, with growing waits")
    func repeats() async throws {
        let upstream = Upstream([
            .problem(503, "unavailable"), .problem(409, "idempotency_in_progress"), .answer(201, thingText),
        ])
        try await upstream.serving { address in
            let answer = try await caller.client(address).call(
                .identity, Things.create.request(body: NewThing(displayName: "x")), in: context,
                CallOptions(idempotencyKey: "mine"))
            #expect(answer.value == thing)
        }
        #expect(upstream.requests.map { $0.headers[.init("Idempotency-Key")!] } == ["mine", "mine", "mine"])
        #expect(caller.waits == [.milliseconds(50), .milliseconds(100)])
    }

    @Test("what may not happen twice and takes no key is never repeated")
    func unrepeatable() async throws {
        let upstream = Upstream([], otherwise: .problem(503, "unavailable"))
        try await upstream.serving { address in
            let failure = await #expect(throws: UpstreamError.self) {
                _ = try await caller.client(address).call(
                    .identity, Things.trade.request(body: NewThing(displayName: "x")), in: context)
            }
            #expect(failure?.attempts == 1)
        }
        #expect(upstream.requests.count == 1)
        #expect(upstream.requests.first?.headers[.init("Idempotency-Key")!] == nil)
    }

    @Test(
        "a refusal is not repeated, and its problem is handed on",
        arguments: [(404, "not_found"), (422, "invalid_body"), (500, "internal_error")])
    func refused(_ status: Int, _ code: String) async throws {
        let upstream = Upstream([], otherwise: .problem(status, code))
        try await upstream.serving { address in
            let failure = await #expect(throws: UpstreamError.self) {
                _ = try await caller.client(address).call(
                    .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
            }
            #expect(failure?.code == .problem)
            #expect(failure?.status == status)
            #expect(failure?.problem?.code.word == code)
            #expect(failure?.problem?.detail == "D")
        }
        #expect(upstream.requests.count == 1)
    }

    @Test("R-8: one deadline bounds the call with all its attempts")
    func deadline() async throws {
        let silent = Upstream([], otherwise: .silence)
        try await silent.serving { address in
            let client = caller.client(address) { $0.deadline = .milliseconds(200) }
            let failure = await #expect(throws: UpstreamError.self) {
                _ = try await client.call(.identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
            }
            #expect(failure?.code == .deadlineExceeded)
        }
        let busy = Upstream([], otherwise: .problem(503, "unavailable", [HTTPField.Name("Retry-After")!: "2"]))
        try await busy.serving { address in
            let failure = await #expect(throws: UpstreamError.self) {
                _ = try await caller.client(address).call(
                    .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
            }
            #expect(failure?.retryAfter == .seconds(2))
        }
        #expect(busy.requests.count == 2, "the third attempt would come after the deadline of 3 seconds")
    }

    @Test("R-16: a service that keeps failing is left alone, and asked again by one call after five seconds")
    func breaker() async throws {
        let upstream = Upstream([], otherwise: .problem(500, "internal_error"))
        try await upstream.serving { address in
            let client = caller.client(address)
            let ask = { () async -> UpstreamError? in
                do throws(UpstreamError) {
                    _ = try await client.call(
                        .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
                    return nil
                } catch {
                    return error
                }
            }
            for _ in 0..<10 { _ = await ask() }
            #expect(upstream.requests.count == 5)
            let refused = await ask()
            #expect(refused?.code == .circuitOpen)
            #expect(refused?.retryAfter == .seconds(5))
            caller.pass(.seconds(5))
            #expect(await ask()?.status == 500)
            #expect(upstream.requests.count == 6)
            #expect(await ask()?.code == .circuitOpen)
        }
    }

    @Test("R-16: while a service is overloaded it is sent at most 1.2 times the calls, and the reserve")
    func storm() async throws {
        let upstream = Upstream([], otherwise: .problem(429, "rate_limited"))
        try await upstream.serving { address in
            let client = caller.client(address)
            for _ in 0..<100 {
                await #expect(throws: UpstreamError.self) {
                    _ = try await client.call(
                        .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
                }
            }
        }
        #expect(upstream.requests.count <= 100 + 20 + 5)
        #expect(upstream.requests.count > 100)
    }

    @Test("a service that is not there is reported as unreachable")
    func unreachable() async throws {
        let failure = await #expect(throws: UpstreamError.self) {
            _ = try await caller.client("http://127.0.0.1:1").call(
                .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
        }
        #expect(failure?.code == .unreachable)
        #expect(failure?.attempts == 3)
        #expect(failure?.isPassing == true)
    }

    @Test("an answer over the limit, and one of another shape, is not taken")
    func unusable() async throws {
        let upstream = Upstream([.flood(2_000), .answer(200, #"{"id":7}"#), .answer(200, "<html>")])
        try await upstream.serving { address in
            let client = caller.client(address) { $0.answerLimit = 1_000 }
            for code: UpstreamError.Code in [.answerTooLarge, .malformedAnswer, .malformedAnswer] {
                let failure = await #expect(throws: UpstreamError.self) {
                    _ = try await client.call(
                        .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
                }
                #expect(failure?.code == code)
            }
        }
    }

    @Test("without a token or an address nothing is sent")
    func notSent() async throws {
        struct NoToken: Error {}
        let upstream = Upstream([])
        try await upstream.serving { address in
            for (service, client) in [
                (ServiceName.identity, caller.client(address, token: { _ in throw NoToken() })),
                (.gateway, caller.client(address)),
            ] {
                let failure = await #expect(throws: UpstreamError.self) {
                    _ = try await client.call(
                        service, Things.show.request(path: IDPath(id: thing.id)), in: context)
                }
                #expect(failure?.code == .notSent)
            }
        }
        #expect(upstream.requests.isEmpty)
    }

    @Test("a cancelled call ends at once and tells nothing of the service")
    func cancelled() async throws {
        let upstream = Upstream([], otherwise: .silence)
        try await upstream.serving { address in
            let client = caller.client(address) { $0.deadline = .seconds(3_600) }
            let task = Task {
                _ = try await client.call(.identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
            }
            while upstream.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            let failure = await #expect(throws: UpstreamError.self) { try await task.value }
            #expect(failure?.code == .cancelled)
        }
    }

    @Test("a failure's description holds no word of what the service said")
    func redacted() async throws {
        let upstream = Upstream([.problem(404, "not_found")])
        try await upstream.serving { address in
            let failure = await #expect(throws: UpstreamError.self) {
                _ = try await caller.client(address).call(
                    .identity, Things.show.request(path: IDPath(id: thing.id)), in: context)
            }
            let text = try #require(failure.map { "\($0)" })
            let expected = "UpstreamError(problem, service: identity, operation: things.show, attempts: 1, status: 404"
            #expect(text == expected + ", problem: not_found)")
        }
    }
}
