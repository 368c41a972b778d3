import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests.Walls {
    /// A way to be slow: what a client sends before it says nothing more.
    private static let beginnings = [
        "G", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\nX-Half: a",
        "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
        "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ]

    @Test("R-8: a thousand slow clients, wave after wave, are all ended, others are answered, and memory stays flat")
    func slowClients() async throws {
        let settings = [
            "CASEBOOK_HTTP_CONNECTIONS_PER_ADDRESS": "3000", "CASEBOOK_HTTP_HEAD_TIMEOUT_SECONDS": "1",
            "CASEBOOK_BODY_TIMEOUT_SECONDS": "1",
        ]
        try await RunningSuite.withSuite(settings) { suite in
            try await suite.start()
            let made = try await suite.casebook("admin", "create-key", "admin@example.com")
            let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
            let (port, pid) = (try suite.port(of: "gateway"), try #require(try suite.pid(of: "gateway")))
            var resident: [Int] = []
            for _ in 0..<5 {
                let handles = (0..<1_000).map { Self.begin(Self.beginnings[$0 % 4], at: port) }
                defer { for handle in handles { close(handle) } }
                #expect(handles.filter { $0 < 0 }.count == 0)
                // Bodies under way hold places, an address's share of them at most: who signed in has others.
                let answer = try await WallClient.send(
                    WallRequest(url: "http://127.0.0.1:\(port)/v1/users/me").with(("Authorization", "Bearer \(key)")))
                #expect(answer.status == 200, "\(answer.text)")
                resident.append(try Self.resident(pid))
                try await eventually(within: .seconds(30), "all were ended") {
                    handles.allSatisfy(Self.isEnded)
                }
            }
            // The first wave makes room; the others find it made.
            let later = resident.dropFirst()
            let (least, most) = (later.min() ?? 0, later.max() ?? 0)
            #expect(Double(most) <= 1.2 * Double(least), "\(resident) KiB")
        }
    }

    private static func begin(_ text: String, at port: Int) -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isOpen = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let bytes = Array(text.utf8)
        guard isOpen, send(handle, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            close(handle)
            return -1
        }
        return handle
    }

    /// Whether the server has ended the connection; reads what it says until then.
    private static func isEnded(_ handle: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(handle, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { continue }
            return count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
        }
    }

    /// What a process has in memory, in KiB.
    private static func resident(_ pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        return status.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap { Int($0.1) } ?? 0
    }
}
