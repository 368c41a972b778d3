import CLibpq
import Glibc
import Synchronization

/// A few threads for what may block: connecting (libpq resolves names synchronously), cancel requests, migrations.
final class BlockingThreads: Sendable {
    private enum Job {
        case run(@Sendable () -> Void)
        case stop
    }

    private let jobs = Mutex<[Job]>([])
    /// A semaphore: each thread that reads it takes one job.
    private let semaphore: Int32 = eventfd(0, Int32(EFD_SEMAPHORE | EFD_CLOEXEC))
    /// How many threads have ended.
    private let ended: Int32 = eventfd(0, Int32(EFD_SEMAPHORE | EFD_CLOEXEC))
    private let count: Int

    init(count: Int) {
        self.count = count
    }

    deinit {
        Glibc.close(semaphore)
        Glibc.close(ended)
    }

    /// Starts the threads.
    ///
    /// They keep this object alive until `stop()`.
    func start(name: String) {
        for _ in 0..<count { Thread.start(name: name) { self.work() } }
    }

    func run(_ job: @escaping @Sendable () -> Void) {
        push(.run(job))
    }

    /// Ends each thread after the jobs before it.
    func stop() {
        for _ in 0..<count { push(.stop) }
    }

    /// Ends each thread after the job it is at, drops what waits, and waits for the threads.
    ///
    /// Whoever ends the process next may do so only after them: OpenSSL takes its locks away in `exit`, and a thread
    /// that is signing in to the server would use them still.
    ///
    /// - Parameter limit: How long to wait at most for all of them.
    func stopAndWait(atMost limit: Duration) {
        jobs.withLock { $0.removeAll() }
        stop()
        let until = ContinuousClock.now + limit
        for _ in 0..<count {
            let left = Int32(clamping: max(0, (until - ContinuousClock.now).milliseconds))
            var watched = pollfd(fd: ended, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&watched, 1, left) == 1 else { return }
            take(from: ended)
        }
    }

    private func push(_ job: Job) {
        jobs.withLock { $0.append(job) }
        raise(semaphore)
    }

    private func raise(_ semaphore: Int32) {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(semaphore, &one, 8)
    }

    @discardableResult
    private func take(from semaphore: Int32) -> Bool {
        var value: UInt64 = 0
        return unsafe Glibc.read(semaphore, &value, 8) == 8
    }

    private func work() {
        while true {
            guard take(from: semaphore) else { continue }
            guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
            switch job {
            case .run(let job): job()
            case .stop: return raise(ended)
            }
        }
    }
}

/// Threads of the operating system, outside of Swift's cooperative pool.
enum Thread {
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own; `name` is shown by `ps -T`, at most 15 bytes.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
        let failed = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                _ = unsafe clibpq_name_thread(start.name)
                start.body()
                return nil
            }, start)
        unsafe pthread_attr_destroy(&attributes)
        precondition(failed == 0, "the system gives no thread for the database")
    }
}
