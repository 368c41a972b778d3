import Glibc

/// A port of 127.0.0.1 that is held for a child until this is given up, so that two starts at the same time do not
/// choose the same one.
///
/// The socket is bound with SO_REUSEADDR and never listens: Linux then lets the child, which sets the option too, bind
/// and listen, while a search that binds without the option passes on (socket(7), and seen on Linux 6.1).
final class PortReservation: Sendable {
    let port: Int
    private let socket: Int32

    private init(port: Int, socket: Int32) {
        self.port = port
        self.socket = socket
    }

    deinit { close(socket) }

    /// Reserves a port that nobody has bound; nil when somebody has.
    static func fresh(_ port: Int) -> PortReservation? {
        guard let socket = bound(to: port, sharing: false) else { return nil }
        allowSharing(socket)
        return PortReservation(port: port, socket: socket)
    }

    /// Reserves a port that was ours before: connections of the last run may linger on it (TIME_WAIT), but nobody may
    /// listen.
    ///
    /// Nil when somebody does.
    static func again(_ port: Int) -> PortReservation? {
        if let fresh = fresh(port) { return fresh }
        guard let probe = bound(to: port, sharing: true) else { return nil }
        let isFree = listen(probe, 1) == 0
        close(probe)
        guard isFree, let socket = bound(to: port, sharing: true) else { return nil }
        return PortReservation(port: port, socket: socket)
    }

    private static func bound(to port: Int, sharing: Bool) -> Int32? {
        guard let number = UInt16(exactly: port), number > 0 else { return nil }
        let handle = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return nil }
        if sharing { allowSharing(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, size) }
        }
        guard result == 0 else {
            close(handle)
            return nil
        }
        return handle
    }

    private static func allowSharing(_ handle: Int32) {
        var yes: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
}
