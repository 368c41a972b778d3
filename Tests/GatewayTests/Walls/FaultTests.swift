import Configuration
import Hummingbird
import Models
import NIOCore
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("A bad network behind the door (R-8)", .serialized, .timeLimit(.minutes(1)))
struct FaultTests {
    private static let values: [AbsoluteConfigKey: ConfigValue] = ["casebook.upstream.timeoutSeconds": "1"]

    /// What a service says, with a length and a last word by which a whole answer is known.
    private static func answering(_ bytes: Int) -> Doorway.Behind {
        Doorway.Behind { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: String(repeating: "a", count: bytes) + "END")))
        }
    }

    private func ask(_ door: Doorway, _ token: String) async -> RawConnection.Answer {
        await RawConnection.send(
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n", to: door.gateway)
    }

    @Test("R-8: a service that a bad network hides is a problem within its limit, and is asked again when it is back")
    func problems() async throws {
        try await Doorway.run(Self.values, answering: Self.answering(20_000), through: .bad) { door in
            let proxy = try #require(door.proxy)
            let token = try await door.token()
            #expect(await ask(door, token).statuses == [200])
            for (fault, statuses, code) in [
                (FaultProxy.Fault.freeze, [504], "deadline_exceeded"), (.reset, [503], "unavailable"),
                (.cut(afterBytes: 20), [503], "unavailable"), (.cut(afterBytes: 900), [503], "unavailable"),
                // The head comes in time, and the rest would take ten times as long.
                (.trickle(bytes: 200), [504], "deadline_exceeded"),
            ] {
                proxy.fault = fault
                let answer = await ask(door, token)
                #expect(answer.statuses == statuses, "\(fault): \(answer.text.prefix(200))")
                #expect(answer.text.contains("\"\(code)\"") && !answer.text.contains("END"), "\(fault)")
                proxy.fault = .none
                // A connection that hung is given up, and another one made.
                try await eventually("the service is asked again after \(fault)") {
                    await ask(door, token).statuses == [200]
                }
            }
            proxy.fault = .delay(milliseconds: 100)
            let late = await ask(door, token)
            #expect(late.statuses == [200] && late.text.hasSuffix("END"))
        }
    }

    @Test("R-8: an answer that breaks off on its way never looks whole to the client")
    func breaksOff() async throws {
        try await Doorway.run(Self.values, answering: Self.answering(400_000), through: .bad) { door in
            let proxy = try #require(door.proxy)
            let token = try await door.token()
            let whole = await ask(door, token)
            #expect(whole.statuses == [200] && whole.text.hasSuffix("END"))
            proxy.fault = .cut(afterBytes: 100_000)
            let broken = await ask(door, token)
            #expect(broken.isClosed && !broken.text.hasSuffix("END"))
            #expect(broken.text.contains("400003") && broken.text.utf8.count < 400_003)
            proxy.fault = .none
            try await eventually("the service is asked again") { await ask(door, token).text.hasSuffix("END") }
        }
    }

    @Test("R-8: a large body that is answered before it was read ends nothing but its own connection")
    func answersEarly() async throws {
        let early = Doorway.Behind { _, _ in Response(status: .unauthorized) }
        let values: [AbsoluteConfigKey: ConfigValue] = ["casebook.body.timeoutSeconds": "1"]
        try await Doorway.run(values, answering: early) { door in
            let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 50_000)
            let head = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            for round in 0..<20 {
                let isChunked = round % 2 == 1
                let framing = isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 1000000\r\n\r\n"
                let part = isChunked ? Array("C350\r\n".utf8) + piece + Array("\r\n".utf8) : piece
                // All of it, or a part after which nothing comes.
                let parts = Array(repeating: part, count: round % 4 < 2 ? 20 : 3)
                let answer = await RawConnection.send(
                    [Array((head + framing).utf8)] + parts, to: door.gateway, pause: 1, ends: false)
                #expect(answer.isClosed && answer.statuses.allSatisfy { $0 >= 400 }, "\(answer.text.prefix(100))")
                let health = await RawConnection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", to: door.gateway)
                #expect(health.statuses == [200])
            }
        }
    }

    @Test("R-8: a write that broke off is not sent twice without a key, and is sent again with one")
    func writes() async throws {
        try await Doorway.run(Self.values, through: .bad) { door in
            let proxy = try #require(door.proxy)
            let token = try await door.token()
            #expect(await ask(door, token).statuses == [200])
            for (key, sent) in [("", 1), ("Idempotency-Key: k\r\n", 3)] {
                door.witness.forget()
                proxy.fault = .reset
                let head = "PATCH /v1/users/\(ID<User>.make(at: .now)) HTTP/1.1\r\nHost: x\r\n"
                let answer = await RawConnection.send(
                    "\(head)Authorization: Bearer \(token)\r\n\(key)Content-Length: 2\r\n\r\n{}", to: door.gateway)
                #expect(answer.statuses == [503], "\(answer.text.prefix(200))")
                #expect(door.witness.requests.count == sent, "\(key)")
                proxy.fault = .none
                try await eventually("the service is asked again") { await ask(door, token).statuses == [200] }
            }
        }
    }
}
