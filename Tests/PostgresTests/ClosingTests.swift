import Glibc
import Postgres
import TestSupport
import Testing

@Suite("Closing")
struct ClosingTests {
    @Test("closing waits for the threads that connect: OpenSSL is gone once the process ends")
    func connecting() async throws {
        let server = try SilentServer()
        var configuration = DatabaseConfiguration(url: "host=127.0.0.1 port=\(server.port) user=nobody dbname=none")
        configuration.pointConnections = 1
        configuration.scanConnections = 1
        let database = Database(configuration: configuration)
        database.start()
        let connections = try #require(try await accepted(2, by: server))
        await database.close()
        #expect(connections.map(server.isOpen) == [false, false])
    }

    private func accepted(_ count: Int, by server: SilentServer) async throws -> [Int32]? {
        var connections: [Int32] = []
        try await eventually {
            if let connection = server.accept() { connections.append(connection) }
            return connections.count == count
        }
        return connections
    }
}

/// A server that accepts connections and says nothing.
private final class SilentServer: Sendable {
    let port: UInt16
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let failed = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) + listen(socket, 8) + getsockname(socket, address, &size)
            }
        }
        try #require(failed == 0)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(socket)
    }

    func accept() -> Int32? {
        let connection = Glibc.accept(socket, nil, nil)
        return connection < 0 ? nil : connection
    }

    /// Whether the client holds its end still; what it sent is read away.
    func isOpen(_ connection: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 { continue }
            return count < 0 && errno == EAGAIN
        }
    }
}
