import CLibpq
import Glibc

/// Waits for readiness of many descriptors at once; one thread waits, any may add, change and remove.
@safe struct Epoll: ~Copyable {
    /// What one descriptor is ready for.
    struct Readiness {
        let key: UInt64
        let isReadable: Bool
        let isWritable: Bool
    }

    /// Room for what one wait gives: the waiting thread's own.
    @safe struct Buffer {
        fileprivate var events = unsafe [epoll_event](repeating: epoll_event(), count: 64)
    }

    private let descriptor: Int32 = epoll_create1(Int32(EPOLL_CLOEXEC))

    deinit {
        Glibc.close(descriptor)
    }

    func add(_ target: Int32, key: UInt64, edgeTriggered: Bool = false) {
        let interest = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | (edgeTriggered ? EPOLLET.rawValue : 0)
        control(EPOLL_CTL_ADD, target, key, interest)
    }

    /// Adds or removes the interest in room to write.
    func watchWriting(_ target: Int32, key: UInt64, _ isWanted: Bool) {
        let interest = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | (isWanted ? EPOLLOUT.rawValue : 0)
        control(EPOLL_CTL_MOD, target, key, interest)
    }

    func remove(_ target: Int32) {
        control(EPOLL_CTL_DEL, target, 0, 0)
    }

    /// Waits at most `milliseconds`, for ever if negative.
    func wait(milliseconds: Int32, _ buffer: inout Buffer, _ ready: inout [Readiness]) {
        ready.removeAll(keepingCapacity: true)
        let count = unsafe epoll_wait(descriptor, &buffer.events, Int32(buffer.events.count), milliseconds)
        guard count > 0 else { return }
        // By index: the formatter does not know `for unsafe`.
        for index in 0..<Int(count) {
            let event = unsafe buffer.events[index]
            let flags = unsafe event.events
            let writable = flags & EPOLLOUT.rawValue != 0
            let readable = flags & ~EPOLLOUT.rawValue != 0
            ready.append(Readiness(key: unsafe event.data.u64, isReadable: readable, isWritable: writable))
        }
    }

    private func control(_ operation: Int32, _ target: Int32, _ key: UInt64, _ interest: UInt32) {
        var event = unsafe epoll_event()
        unsafe event.events = interest
        unsafe event.data = epoll_data_t(u64: key)
        _ = unsafe epoll_ctl(descriptor, operation, target, &event)
    }
}
