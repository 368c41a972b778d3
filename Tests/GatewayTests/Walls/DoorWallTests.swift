import Configuration
import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Walls at the door's sockets", .serialized)
struct DoorWallTests {
    private func request(_ path: String, _ token: String?, _ fields: String = "") -> String {
        let credential = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "GET \(path) HTTP/1.1\r\nHost: x\r\n\(credential)\(fields)\r\n"
    }

    @Test("R-7: a workspace's limit counts all of its credentials together, and no other workspace's")
    func workspaceLimit() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.workspace.requests": "6", "casebook.limit.windowSeconds": "600",
        ]
        try await Doorway.run(values) { door in
            let (acme, bolt) = (ID<Workspace>.make(at: .now), ID<Workspace>.make(at: .now))
            var statuses: [Int] = []
            for number in 0..<9 {
                let token = try await door.token(workspace: acme, credentialID: "c\(number % 3)")
                statuses += await RawConnection.send(request("/v1/users/me", token), to: door.gateway).statuses
            }
            #expect(statuses == [200, 200, 200, 200, 200, 200, 429, 429, 429])
            let other = try await door.token(workspace: bolt, credentialID: "c0")
            let answer = await RawConnection.send(request("/v1/users/me", other), to: door.gateway)
            #expect(answer.statuses == [200])
        }
    }

    @Test("R-3, R-7: an answer that nothing has changed costs no quota")
    func unchangedIsFree() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.principal.requests": "3", "casebook.limit.windowSeconds": "600",
        ]
        try await Doorway.run(values, answering: .init { _, _ in Response(status: .notModified) }) { door in
            let token = try await door.token()
            for _ in 0..<12 {
                let answer = await RawConnection.send(request("/v1/users/me", token), to: door.gateway)
                #expect(answer.statuses == [304])
            }
        }
    }

    @Test("R-9: a process lets in as many requests as it may have under way, refuses one more, and says it is alive")
    func boundsTheProcess() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let values: [AbsoluteConfigKey: ConfigValue] = ["casebook.requests.underWay": "16"]
        let behind = Doorway.Behind { _, _ in
            for await _ in gate {}
            return Response(status: .ok)
        }
        try await Doorway.run(values, answering: behind) { door in
            let token = try await door.token()
            try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        await RawConnection.send(request("/v1/users/me", token), to: door.service).statuses
                    }
                }
                try await eventually("the limit is reached") { door.witness.requests.count == 16 }
                let refused = await RawConnection.send(request("/v1/users/me", token), to: door.service)
                #expect(refused.statuses == [503] && refused.text.contains("Retry-After: 1"))
                #expect(refused.text.contains(#""code":"unavailable""#))
                let health = await RawConnection.send(request("/healthz", nil), to: door.service)
                #expect(health.statuses == [200])
                let underWay = await metric("http_requests_under_way", at: door.service)
                let shed = await metric("http_requests_shed_total", at: door.service)
                #expect([underWay, shed] == ["16.0", "1.0"])
                opener.finish()
                for try await statuses in group { #expect(statuses == [200]) }
            }
            try await eventually("none is under way") {
                await metric("http_requests_under_way", at: door.service) == "0.0"
            }
            let again = await RawConnection.send(request("/v1/users/me", token), to: door.service)
            #expect(again.statuses == [200])
        }
    }

    @Test("R-8, R-9: who reads nothing of a large answer keeps its place at the service, and no longer than the limit")
    func readsNothing() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.http.readerTimeoutSeconds": "5", "casebook.gateway.upstream.underWay": "2",
        ]
        let part = ByteBuffer(repeating: 0x61, count: 65_536)
        let behind = Doorway.Behind { request, _ in
            guard request.uri.path == "/v1/roles" else { return Response(status: .ok) }
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<1_024 { try await writer.write(part) }
                    try await writer.finish(nil)
                })
        }
        try await Doorway.run(values, answering: behind) { door in
            let (idle, other) = (try await door.token(), try await door.token())
            let handle = RawConnection.connect(to: door.gateway)
            defer { close(handle) }
            let large = request("/v1/roles", idle)
            #expect(send(handle, large, large.utf8.count, Int32(MSG_NOSIGNAL)) > 0)
            // Its answer has begun.
            var look = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            #expect(poll(&look, 1, 20_000) > 0)
            let underWay = #"gateway_upstream_under_way{service="identity"}"#
            let before = await metric(underWay, at: door.privatePort)
            #expect(before == "1.0")
            let more = await RawConnection.send(request("/v1/users/me", idle), to: door.gateway)
            #expect(more.statuses == [503] && more.text.contains("Retry-After: 1"))
            #expect(await RawConnection.send(request("/v1/users/me", other), to: door.gateway).statuses == [200])
            try await eventually(within: .seconds(20), "the place is free") {
                await RawConnection.send(request("/v1/users/me", idle), to: door.gateway).statuses == [200]
            }
            #expect(await metric(underWay, at: door.privatePort) == "0.0")
        }
    }

    @Test("R-8: connections are bounded by address and in all, and their places are free again when they end")
    func boundsConnections() async throws {
        for (key, limit) in [("http.connectionsPerAddress", 5), ("http.connections", 16)] {
            let values: [AbsoluteConfigKey: ConfigValue] = [
                AbsoluteConfigKey(["casebook"] + key.split(separator: ".").map(String.init)): .init(
                    stringLiteral: "\(limit)")
            ]
            try await Doorway.run(values) { door in
                // A connection counts when the server has taken it, which its first answer shows.
                var held: [Int32] = []
                for _ in 0..<limit {
                    let handle = RawConnection.connect(to: door.gateway)
                    #expect(Self.asks(handle, request("/healthz", nil)).hasPrefix("HTTP/1.1 200"))
                    held.append(handle)
                }
                let refused = await RawConnection.send(request("/healthz", nil), to: door.gateway)
                #expect(refused.statuses == [503] && refused.isClosed && refused.text.contains("Retry-After"), "\(key)")
                for handle in held { close(handle) }
                try await eventually("the places are free") {
                    await RawConnection.send(request("/healthz", nil), to: door.gateway).statuses == [200]
                }
            }
        }
    }

    @Test("S-1, S-4: the live stream is for staff who may read the workspace, and for nobody else")
    func guardsTheStream() async throws {
        try await Doorway.run { door in
            func status(_ principal: Principal?, _ query: String = "") async throws -> [Int] {
                var token: String?
                if let principal { token = try await door.signer.token(for: principal) }
                return await RawConnection.send(request("/v1/events\(query)", token), to: door.gateway).statuses
            }
            let asked: [(Principal?, String, Int)] = [
                (nil, "", 401), (.sample(permissions: [.ticketsRead]), "", 403),
                (.sample(kind: .customer, permissions: [.workspaceRead]), "", 403),
                (.sample(expiresAt: .now.adding(.seconds(-1))), "", 401), (.sample(), "?after=1", 400),
                // This installation has no stream; whoever is let in hears so.
                (.sample(), "", 503),
            ]
            for (principal, query, expected) in asked {
                let answered = try await status(principal, query)
                #expect(answered == [expected], "\(query) \(String(describing: principal))")
            }
        }
    }

    @Test("S-24: what the edge, a limit or a service's absence answers carries the security headers too")
    func refusalsHaveHeaders() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.principal.requests": "3", "casebook.limit.windowSeconds": "600",
            "casebook.http.headTimeoutSeconds": "1", "casebook.upstream.timeoutSeconds": "1",
        ]
        try await Doorway.run(values, through: .bad) { door in
            let (quick, token) = (try await door.token(), try await door.token(credentialID: "c2"))
            var answers: [RawConnection.Answer] = []
            let large = "GET /v1/users/me HTTP/1.1\r\nX: \(String(repeating: "x", count: 50_000))\r\n"
            for text in (0..<4).map({ _ in request("/v1/users/me", quick) }) + ["nonsense\r\n\r\n", large] {
                answers.append(await RawConnection.send(text, to: door.gateway))
            }
            answers.append(
                await RawConnection.send([Array("GET / HT".utf8), Array("T".utf8)], to: door.gateway, ends: false))
            for fault in [FaultProxy.Fault.freeze, .reset] {
                door.proxy?.fault = fault
                answers.append(await RawConnection.send(request("/v1/users/me", token), to: door.gateway))
            }
            let statuses = answers.flatMap(\.statuses)
            #expect(statuses == [200, 200, 200, 429, 400, 431, 408, 504, 503])
            for answer in answers {
                for field in [
                    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
                    "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
                    "Cross-Origin-Opener-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin",
                    "Cache-Control: no-store", "X-Request-Id: ",
                ] {
                    let count = answer.text.components(separatedBy: "\r\n\(field)").count - 1
                    #expect(count == 1, "\(field) \(answer.text)")
                }
                #expect(!answer.text.lowercased().contains("access-control-"))
            }
        }
    }

    /// A figure as `/metrics` shows it; the whole answer when it shows none.
    private func metric(_ name: String, at port: Int) async -> String {
        let answer = await RawConnection.send(request("/metrics", nil), to: port)
        let line = answer.text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name) ") }
        return line.map { String($0.dropFirst(name.count + 1)) } ?? answer.text
    }

    /// Sends on an open connection, and reads what comes first.
    private static func asks(_ handle: Int32, _ text: String) -> String {
        var bytes = Array(text.utf8)
        guard send(handle, &bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return "" }
        var look = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        guard poll(&look, 1, 20_000) > 0 else { return "" }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(handle, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
