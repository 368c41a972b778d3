import Foundation
import Glibc
import NIOCore

/// A TCP connection that sends bytes as they are, and reads until the other side ends it.
///
/// What waits does so on a thread of its own.
enum RawConnection {
    /// What came back.
    struct Answer: Sendable {
        let text: String
        /// Whether the server ended the connection, rather than the time running out.
        let isClosed: Bool

        /// The status of each answer, in order; those of 1xx among them.
        var statuses: [Int] { text.matches(of: #/HTTP/1\.1 (\d{3}) /#).compactMap { Int($0.1) } }
    }

    /// Sends pieces, one after the other with a pause between, and reads.
    ///
    /// - Parameters:
    ///   - pieces: What is sent.
    ///   - port: Where to, on 127.0.0.1.
    ///   - pause: Milliseconds between two pieces.
    ///   - ends: Whether our side is ended after the last piece, so that the server has no reason to wait.
    ///   - limit: The most milliseconds it reads.
    /// - Returns: What came back.
    static func send(
        _ pieces: [[UInt8]], to port: Int, pause: Int = 0, ends: Bool = true, limit: Int = 20_000
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: exchange(pieces, port, pause, ends, limit)) }.start()
        }
    }

    /// The same for text.
    static func send(_ text: String, to port: Int, ends: Bool = true, limit: Int = 20_000) async -> Answer {
        await send([Array(text.utf8)], to: port, ends: ends, limit: limit)
    }

    /// Opens a connection; -1 when it is refused.
    static func connect(to port: Int) -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let address = try? SocketAddress(ipAddress: "127.0.0.1", port: port)
        let result = address?.withSockAddr { Glibc.connect(handle, $0, socklen_t($1)) }
        guard result == 0 else {
            close(handle)
            return -1
        }
        return handle
    }

    private static func exchange(_ pieces: [[UInt8]], _ port: Int, _ pause: Int, _ ends: Bool, _ limit: Int) -> Answer {
        let handle = connect(to: port)
        guard handle >= 0 else { return Answer(text: "refused", isClosed: true) }
        defer { close(handle) }
        var received: [UInt8] = []
        var isClosed = false
        for (index, piece) in pieces.enumerated() {
            if index > 0, read(handle, milliseconds: pause, &received) {
                isClosed = true
                break
            }
            var sent = 0
            while sent < piece.count {
                let count = piece.withUnsafeBytes { bytes in
                    Glibc.send(
                        handle, bytes.baseAddress.map { $0 + sent }, piece.count - sent,
                        Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { break }
                sent += count
            }
        }
        if !isClosed {
            if ends { shutdown(handle, Int32(SHUT_WR)) }
            isClosed = read(handle, milliseconds: limit, &received)
        }
        return Answer(text: String(decoding: received, as: UTF8.self), isClosed: isClosed)
    }

    /// Reads until the time is over or the server has ended the connection, which is what it answers.
    private static func read(_ handle: Int32, milliseconds: Int, _ received: inout [UInt8]) -> Bool {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = (deadline - .now).components
            let wait = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
            var look = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            guard wait > 0, poll(&look, 1, Int32(wait)) > 0 else { return false }
            let count = recv(handle, &buffer, buffer.count, 0)
            guard count > 0 else { return true }
            received += buffer[..<count]
        }
    }
}
