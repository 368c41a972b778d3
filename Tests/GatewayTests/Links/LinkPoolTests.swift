import HTTPTypes
import Hummingbird
import Models
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceClient
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

/// The connections to services, before a server that says exactly what a test wants.
@Suite("Links to services", .timeLimit(.minutes(1)))
struct LinkPoolTests {
    private static let short = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    private let get = LinkRequest(method: .GET, path: "/x", headers: HTTPHeaders(), body: .none)

    /// A pool of one event loop, so that what is counted is all there is.
    private func pool(links: Int = 4) -> LinkPool {
        LinkPool(on: MultiThreadedEventLoopGroup.singleton.next(), limits: LinkLimits(count: links))
    }

    /// The same with limits of the test's.
    private func pool(_ limits: LinkLimits) -> LinkPool {
        LinkPool(on: MultiThreadedEventLoopGroup.singleton.next(), limits: limits)
    }

    private func text(of answer: LinkAnswer) async throws -> String {
        switch answer.body {
        case .none: return ""
        case .whole(let buffer): return String(buffer: buffer)
        case .parts(let parts, _):
            var text = ""
            for try await part in parts { text += String(buffer: part) }
            return text
        }
    }

    @Test("one link carries one request after the other, and one that the service ends carries no more")
    func reuses() async throws {
        let server = ScriptedServer([
            .say(Self.short), .say(Self.short),
            .say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"), .say(Self.short),
        ])
        let pool = pool()
        try await server.listening { baseURL in
            for connections in [1, 1, 1, 2] {
                let answer = try await pool.send(get, to: baseURL, within: .seconds(5))
                #expect(try await text(of: answer) == "hi")
                #expect(server.connections == connections)
            }
        }
        pool.close()
    }

    @Test("no more links are open than the limit says: who comes then waits for one that rests")
    func bounds() async throws {
        let server = ScriptedServer([.hold(Self.short), .hold(Self.short), .say(Self.short)])
        let pool = pool(links: 2)
        try await server.listening { baseURL in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await text(of: pool.send(get, to: baseURL, within: .seconds(10))) }
                }
                try await eventually("two have asked") { server.requests == 2 }
                server.release()
                for try await text in group { #expect(text == "hi") }
            }
            #expect(server.connections == 2 && server.requests == 6)
        }
        pool.close()
    }

    @Test("R-8: who has waited long enough is told so, and what comes later is no answer to the next")
    func givesUp() async throws {
        let server = ScriptedServer([
            .hold("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"), .say(Self.short),
        ])
        let pool = pool(links: 1)
        try await server.listening { baseURL in
            await #expect(throws: LinkFailure.late) {
                try await pool.send(get, to: baseURL, within: .milliseconds(100))
            }
            async let next = pool.send(get, to: baseURL, within: .seconds(5))
            server.release()
            let said = try await text(of: next)
            #expect(said == "hi" && server.connections == 2)
        }
        pool.close()
    }

    @Test("a task that is cancelled waits no more, and its link ends")
    func cancels() async throws {
        let server = ScriptedServer([.hold(Self.short)])
        let pool = pool()
        try await server.listening { baseURL in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await pool.send(get, to: baseURL, within: .seconds(30)) }
                try? await eventually("it has asked") { server.requests == 1 }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            try await eventually("the link has ended") { server.open == 0 }
        }
        pool.close()
    }

    @Test("R-9: of an answer that nobody reads no more is taken in than some parts, and its link ends with its reader")
    func holdsBack() async throws {
        let server = ScriptedServer([.pour("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")])
        let pool = pool()
        try await server.listening { baseURL in
            do {
                let answer = try await pool.send(get, to: baseURL, within: .seconds(5))
                guard case .parts(let parts, let length) = answer.body else {
                    Issue.record("a large answer came whole")
                    return
                }
                #expect(length == 1_000_000_000)
                var before = -1
                try await eventually(within: .seconds(10), "no more is taken") {
                    defer { before = server.poured }
                    return server.poured > 0 && server.poured == before
                }
                #expect(server.poured < 32_000_000)
                let iterator = parts.makeAsyncIterator()
                let stood = server.poured
                while server.poured == stood { _ = try await iterator.next() }
            }
            try await eventually("the link has ended") { server.open == 0 }
        }
        pool.close()
    }

    @Test("a link whose answer ended while many of its parts waited carries the next request, and its answer is read")
    func endsWhileFull() async throws {
        let chunks = String(repeating: "1\r\nx\r\n", count: 12)
        let server = ScriptedServer([
            .say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n"), .say(Self.short),
        ])
        let pool = pool(links: 1)
        try await server.listening { baseURL in
            let unread = try await pool.send(get, to: baseURL, within: .seconds(5))
            let next = try await pool.send(get, to: baseURL, within: .seconds(5))
            #expect(try await text(of: next) == "hi")
            #expect(try await text(of: unread) == String(repeating: "x", count: 12))
            #expect(server.connections == 1 && server.requests == 2)
        }
        pool.close()
    }

    @Test("R-8: who does not read an answer has its link for as long as the limit says, and the next request gets one")
    func readerLimit() async throws {
        let server = ScriptedServer([
            .pour("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"), .say(Self.short),
        ])
        let pool = pool(LinkLimits(count: 1, reader: .milliseconds(200)))
        try await server.listening { baseURL in
            let unread = try await pool.send(get, to: baseURL, within: .seconds(5))
            let next = try await pool.send(get, to: baseURL, within: .seconds(10))
            #expect(try await text(of: next) == "hi")
            await #expect(throws: LinkFailure.late) { _ = try await text(of: unread) }
        }
        pool.close()
    }

    @Test("R-9: who finds as many waiting for a link as may is refused at once, and those who wait are answered")
    func waitingBound() async throws {
        let server = ScriptedServer([.hold(Self.short), .say(Self.short)])
        let pool = pool(LinkLimits(count: 1, waiting: 2))
        try await server.listening { baseURL in
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { try await text(of: pool.send(get, to: baseURL, within: .seconds(10))) }
                try await eventually("the link is taken") { server.requests == 1 }
                let upstream = Upstream(links: pool, timeout: .seconds(10))
                for _ in 0..<3 {
                    group.addTask {
                        let request = Request(
                            head: HTTPRequest(method: .get, scheme: "http", authority: "x", path: "/x"),
                            body: RequestBody(buffer: ByteBuffer()))
                        do {
                            _ = try await upstream.forward(
                                request, to: Replicas([baseURL]), Voucher(), Exchange([:], now: .now))
                            return "hi"
                        } catch let problem as Problem {
                            return "\(problem.code.word) \(problem.headers["Retry-After"] ?? "")"
                        }
                    }
                }
                // The link is held and two may wait: whoever comes last is told so, and nobody else is answered yet.
                let first = try await group.next()
                #expect(first == "unavailable 1")
                server.release()
                for try await text in group { #expect(text == "hi") }
            }
            #expect(server.connections == 1 && server.requests == 3)
        }
        pool.close()
    }

    @Test(
        "R-8: an answer that breaks off is a failure, told apart by whether it had begun",
        arguments: [
            ("", LinkFailure.broken), ("HTTP/1.1 200 OK\r\nContent-Le", .broken),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", .cutOff),
        ])
    func breaksOff(said: String, failure: LinkFailure) async throws {
        let server = ScriptedServer([.sayAndEnd(said)])
        let pool = pool()
        try await server.listening { baseURL in
            await #expect(throws: failure) { try await pool.send(get, to: baseURL, within: .seconds(5)) }
        }
        await #expect(throws: LinkFailure.unreached) {
            try await pool.send(get, to: "http://127.0.0.1:1", within: .seconds(5))
        }
        pool.close()
    }
}

extension LinkPool {
    /// A pool for tests that count none of its links.
    static let shared = LinkPool(on: MultiThreadedEventLoopGroup.singleton, limits: LinkLimits())
}
