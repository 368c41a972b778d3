import Configuration
import Glibc
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("The door on sockets", .serialized)
struct DoorwayTests {
    private func request(_ path: String, _ token: String?, _ fields: String = "", method: String = "GET") -> String {
        let credential = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(credential)\(fields)\r\n"
    }

    @Test("R-7: over its limit a key is told so with Retry-After, and another workspace is not")
    func limits() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.principal.requests": "5", "casebook.limit.windowSeconds": "600",
        ]
        try await Doorway.run(values) { door in
            let (loud, quiet) = (try await door.token(), try await door.token(credentialID: "c2"))
            var statuses: [Int] = []
            var last = ""
            for _ in 0..<8 {
                let answer = await RawConnection.send(request("/v1/users/me", loud), to: door.gateway)
                statuses += answer.statuses
                last = answer.text
            }
            #expect(statuses == [200, 200, 200, 200, 200, 429, 429, 429])
            #expect(last.contains("Retry-After: ") && last.contains(#""rate_limited""#))
            #expect(last.contains(#"RateLimit: "principal";r=0;t="#))
            #expect(last.contains(#""principal";q=5;w=600"#) && last.contains(#""workspace";q=6000;w=600"#))
            let other = await RawConnection.send(request("/v1/users/me", quiet), to: door.gateway)
            #expect(other.statuses == [200])
            #expect(other.text.contains(#"RateLimit: "principal";r=4;"#))
        }
    }

    @Test("R-7: a batch counts as many requests as it has operations, and a 304 as none")
    func costs() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.principal.requests": "9", "casebook.limit.windowSeconds": "600",
        ]
        let behind = Doorway.Behind { request, _ in
            if request.uri.path == "/v1/roles" { return Response(status: .notModified) }
            return Response(status: .ok, headers: [.internalCost: "7"])
        }
        try await Doorway.run(values, answering: behind) { door in
            let token = try await door.token()
            var left: [String] = []
            for path in ["/v1/roles", "/v1/roles", "/v1/users/me", "/v1/roles", "/v1/users/me", "/v1/roles"] {
                let answer = await RawConnection.send(request(path, token), to: door.gateway)
                #expect(!answer.text.lowercased().contains("x-internal"))
                left.append(answer.text.firstMatch(of: /"principal";r=(\d+)/).map { String($0.1) } ?? "none")
            }
            // What a request costs beyond itself shows at the next.
            #expect(left == ["8", "8", "8", "1", "1", "0"])
        }
    }

    @Test("R-8: slow bodies from one address take an eighth of a service's places, and those who signed in the others")
    func slowBodies() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = ["casebook.gateway.upstream.underWay": "16"]
        try await Doorway.run(values) { door in
            let slow = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"
            let handles = (0..<6).map { _ in RawConnection.connect(to: door.gateway) }
            defer { for handle in handles { close(handle) } }
            for handle in handles { #expect(send(handle, slow, slow.utf8.count, Int32(MSG_NOSIGNAL)) > 0) }
            try await eventually("the address has its share") {
                await RawConnection.send(slow, to: door.gateway, ends: false, limit: 2_000).statuses == [503]
            }
            let token = try await door.token()
            let other = await RawConnection.send(request("/v1/users/me", token), to: door.gateway)
            #expect(other.statuses == [200])
        }
    }

    @Test("R-7: guessing credentials uses up an address's limit twenty times as fast")
    func guessing() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.address.requests": "100", "casebook.limit.windowSeconds": "600",
        ]
        try await Doorway.run(values) { door in
            var statuses: [Int] = []
            for number in 0..<8 {
                statuses += await RawConnection.send(request("/v1/users/me", "a.b.\(number)"), to: door.gateway)
                    .statuses
            }
            #expect(statuses == [401, 401, 401, 401, 401, 429, 429, 429])
        }
    }

    @Test("S-6: 42 fields that only the inside may send change nothing from outside, at the door and at a service")
    func insideFields() async throws {
        #expect(Set(Self.fields).count == 42)
        try await Doorway.run(answering: Doorway.Behind { request, _ in try await Self.told(request) }) { door in
            let workspace = ID<Workspace>.make(at: .now)
            let token = try await door.token(workspace: workspace)
            for field in Self.fields {
                for port in [door.gateway, door.service] {
                    // Without a credential they let nobody in; with one they change neither what is done nor for whom.
                    let path = "/v1/workspaces/current"
                    let bare = await RawConnection.send(request(path, nil, "\(field)\r\n"), to: port)
                    #expect(bare.statuses == [401], "\(field): \(bare.text.prefix(60))")
                    let own = await RawConnection.send(request(path, token, "\(field)\r\n"), to: port)
                    #expect(own.statuses == [200] && own.text.contains(#""id":"\#(workspace)""#), "\(field)")
                }
                try await passes(field, door, token)
            }
        }
    }

    /// Behind the door arrive the same method and path, and nothing that claims to come from inside.
    private func passes(_ field: String, _ door: Doorway, _ token: String) async throws {
        let name = field.prefix { $0 != ":" }.lowercased()
        door.witness.forget()
        let answer = await RawConnection.send(request("/v1/users/me", token, "\(field)\r\n"), to: door.gateway)
        #expect(answer.statuses == [200], "\(field)")
        #expect(door.witness.requests == ["GET /v1/users/me"], "\(field)")
        if Self.isStripped(name) { #expect(!answer.text.lowercased().contains("<\(name)>"), "\(field)") }
    }

    /// Answers the names of the fields that arrived.
    private static func told(_ request: Request) async throws -> Response {
        let names = request.headers.map { "<\($0.name.canonicalName)>" }.joined()
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: names)))
    }

    private static func isStripped(_ name: String) -> Bool {
        ["x-user", "x-workspace", "x-forwarded-", "x-internal", "x-real-ip", "forwarded", "proxy-authorization"]
            .contains { name.hasPrefix($0) }
    }

    private static let fields = [
        "X-User: 1",
        "X-User-Id: 1",
        "X-User-Email: a@b",
        "X-User-Role: administrator",
        "X-Userinfo: e30=",
        "X-Workspace: 1",
        "X-Workspace-Id: 1",
        "X-Workspace-Slug: a",
        "X-Forwarded-User: root",
        "X-Forwarded-Email: a@b",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Prefix: /v1",
        "X-Forwarded-Groups: admin",
        "X-Forwarded-Access-Token: a",
        "X-Forwarded-Client-Cert: a",
        "X-Internal: 1",
        "X-Internal-Client: 127.0.0.1 x",
        "X-Internal-Role: service",
        "X-Internal-Token: a",
        "X-Real-IP: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "X-Remote-User: root",
        "Remote-User: root",
        "X-Authenticated-User: root",
        "X-Auth-Request-User: root",
        "X-Original-URL: /v1/roles",
        "X-Rewrite-URL: /v1/roles",
        "X-HTTP-Method-Override: DELETE",
        "X-Method-Override: DELETE",
        "X-Client-IP: 127.0.0.1",
        "X-Cluster-Client-IP: 127.0.0.1",
        "True-Client-IP: 127.0.0.1",
        "CF-Connecting-IP: 127.0.0.1",
        "X-Host: evil.example",
        "X-Principal: service",
        "X-Permissions: workspaces:create",
        "X-Tenant-Id: 1",
        "X-Api-Key: cbk_1_2",
        "Proxy-Authorization: Basic cm9vdDpyb290",
    ]

    @Test("S-24: figures and reasons are told at the private port only; the door says whether it lives and is ready")
    func privatePort() async throws {
        try await Doorway.run { door in
            func status(_ path: String, _ port: Int) async -> Int? {
                await RawConnection.send(request(path, nil), to: port).statuses.first
            }
            #expect(await status("/metrics", door.gateway) == 404)
            #expect(await status("/healthz", door.gateway) == 200)
            #expect(await status("/readyz", door.gateway) == 200)
            #expect(await status("/metrics", door.privatePort) == 200)
            #expect(await status("/readyz", door.privatePort) == 200)
            #expect(await status("/v1/users/me", door.privatePort) == 404)
            door.drain()
            let answer = await RawConnection.send(request("/readyz", nil), to: door.gateway)
            #expect(answer.statuses == [503] && !answer.text.contains("draining"))
            #expect(answer.text.contains("Connection: close") && answer.isClosed)
        }
    }

    @Test("R-8: a head or a body that comes slowly is ended within its limit and a moment")
    func slowClients() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.http.headTimeoutSeconds": "1", "casebook.body.timeoutSeconds": "1",
        ]
        try await Doorway.run(values) { door in
            let head = "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n".utf8.map { [$0] }
            let body =
                [Array("POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n".utf8)]
                + (0..<500).map { _ in [UInt8(ascii: "a")] }
            for port in [door.gateway, door.service] {
                let slowHead = await RawConnection.send(head, to: port, pause: 200, ends: false)
                #expect(slowHead.statuses == [408] && slowHead.isClosed)
                let slowBody = await RawConnection.send(body, to: port, pause: 100, ends: false)
                #expect(slowBody.isClosed, "\(slowBody.text.prefix(200))")
                #expect(slowBody.statuses.allSatisfy { $0 >= 400 })
            }
        }
    }

    @Test("R-9: more requests than may be under way are refused at once with Retry-After, and health is answered")
    func sheds() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.gateway.upstream.underWay": "8"
        ]
        let behind = Doorway.Behind { _, _ in
            for await _ in gate {}
            return Response(status: .ok)
        }
        try await Doorway.run(values, answering: behind) { door in
            let tokens = try await [door.token(), door.token(), door.token()]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        await RawConnection.send(request("/v1/users/me", tokens[index / 4]), to: door.gateway).statuses
                            .first ?? 0
                    }
                }
                try await eventually("the limit is reached") { door.witness.requests.count == 8 }
                let refused = await RawConnection.send(request("/v1/users/me", tokens[2]), to: door.gateway)
                #expect(refused.statuses == [503] && refused.text.contains("Retry-After: 1"))
                let health = await RawConnection.send(request("/healthz", nil), to: door.gateway)
                #expect(health.statuses == [200])
                opener.finish()
                for try await status in group { #expect(status == 200) }
            }
            let again = await RawConnection.send(request("/v1/users/me", tokens[2]), to: door.gateway)
            #expect(again.statuses == [200])
        }
    }

    @Test("R-7: one workspace takes at most half of what may be under way to a service")
    func halfForOne() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.gateway.upstream.underWay": "8"
        ]
        let behind = Doorway.Behind { _, _ in
            for await _ in gate {}
            return Response(status: .ok)
        }
        try await Doorway.run(values, answering: behind) { door in
            let (loud, quiet) = (try await door.token(), try await door.token())
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        await RawConnection.send(request("/v1/users/me", loud), to: door.gateway).statuses.first ?? 0
                    }
                }
                try await eventually("its half is taken") { door.witness.requests.count == 4 }
                #expect(await RawConnection.send(request("/v1/users/me", loud), to: door.gateway).statuses == [503])
                group.addTask {
                    await RawConnection.send(request("/v1/users/me", quiet), to: door.gateway).statuses.first ?? 0
                }
                try await eventually("another is let in") { door.witness.requests.count == 5 }
                opener.finish()
                for try await status in group { #expect(status == 200) }
            }
        }
    }
}
