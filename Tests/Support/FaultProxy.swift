import Foundation
import Glibc
import NIOCore
import Synchronization

/// A TCP proxy on a port of its own that stands before a server of a test and treats what the server answers as a bad
/// network would: late, in drops, cut off, reset, or not at all.
///
/// Each direction of each connection has a thread of its own, so that nothing waits on the pools that are tested.
package final class FaultProxy: Sendable {
    /// What happens to answers.
    package enum Fault: Sendable, Equatable {
        /// They pass.
        case none
        /// Each piece waits.
        case delay(milliseconds: Int32)
        /// Nothing passes in either direction, and nobody is told.
        case freeze
        /// The connection ends in order after so many bytes of an answer.
        case cut(afterBytes: Int)
        /// The connection is reset when the answer begins.
        case reset
        /// So many bytes pass each tenth of a second.
        case trickle(bytes: Int)
    }

    private struct State {
        var fault = Fault.none
        var handles: Set<Int32> = []
        var isClosed = false
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let listener: Int32
    private let target: Int
    private let state = Mutex(State())

    /// Listens before a port of 127.0.0.1.
    package init(before target: Int) throws {
        self.target = target
        (listener, port) = try Self.listen()
        Thread { [self] in accept() }.start()
    }

    private static func listen() throws -> (handle: Int32, port: Int) {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        let isBound = address.withSockAddr { bind(handle, $0, socklen_t($1)) } == 0 && Glibc.listen(handle, 256) == 0
        var own = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(handle, $0, &size) == 0 }
        }
        guard isBound, isNamed else { throw POSIXError(.EADDRINUSE) }
        return (handle, Int(UInt16(bigEndian: own.sin_port)))
    }

    /// What happens to answers from now on, on open connections too.
    package var fault: Fault {
        get { state.withLock { $0.fault } }
        set { state.withLock { $0.fault = newValue } }
    }

    /// Ends all connections and takes no more.
    package func close() {
        state.withLock { state in
            state.isClosed = true
            for handle in state.handles { shutdown(handle, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let address = try? SocketAddress(ipAddress: "127.0.0.1", port: target)
            let isConnected = address?.withSockAddr { connect(server, $0, socklen_t($1)) } == 0
            let isTaken = state.withLock { state in
                guard isConnected, !state.isClosed else { return false }
                state.handles.formUnion([client, server])
                return true
            }
            guard isTaken else {
                Glibc.close(client)
                Glibc.close(server)
                continue
            }
            let pumps = Atomic(2)
            // Both directions end before the handles are free for others.
            let ended: @Sendable () -> Void = { [self] in
                guard pumps.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
                state.withLock { $0.handles.subtract([client, server]) }
                Glibc.close(client)
                Glibc.close(server)
            }
            Thread { [self] in
                pump(from: client, to: server, isAnswer: false)
                ended()
            }.start()
            Thread { [self] in
                pump(from: server, to: client, isAnswer: true)
                ended()
            }.start()
        }
    }

    private func pump(from source: Int32, to sink: Int32, isAnswer: Bool) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var passed = 0
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            var place = 0
            while place < count {
                guard let room = room(isAnswer, passed, left: count - place, sink) else {
                    shutdown(source, Int32(SHUT_RDWR))
                    shutdown(sink, Int32(SHUT_RDWR))
                    return
                }
                guard room > 0 else { continue }
                let sent = buffer.withUnsafeBytes { bytes in
                    send(sink, bytes.baseAddress.map { $0 + place }, room, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return }
                place += sent
                passed += sent
            }
        }
        shutdown(sink, Int32(SHUT_WR))
    }

    /// How many bytes may pass now, after the wait that the fault asks for; `nil` when the connection is to end.
    private func room(_ isAnswer: Bool, _ passed: Int, left: Int, _ sink: Int32) -> Int? {
        let (fault, isClosed) = state.withLock { ($0.fault, $0.isClosed) }
        guard !isClosed else { return nil }
        switch fault {
        case .freeze:
            poll(nil, 0, 20)
            return 0
        case .delay(let milliseconds) where isAnswer:
            poll(nil, 0, milliseconds)
            return left
        case .cut(let limit) where isAnswer: return passed < limit ? min(left, limit - passed) : nil
        case .trickle(let bytes) where isAnswer:
            poll(nil, 0, 100)
            return min(left, bytes)
        case .reset where isAnswer:
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(sink, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            return nil
        default: return left
        }
    }
}
