import NIOCore
import Synchronization

/// Runs the tasks of an event loop's connections on that loop, so that a request stays on the thread that read it.
///
/// Without it each request crosses from its loop to the cooperative pool and back, and again for every answer of the
/// database; a crossing that wakes a thread costs more than the request's own work.
///
/// Jobs run in batches: one turn of the loop runs what was enqueued before it, then the loop looks at its sockets.
final class EventLoopExecutor: TaskExecutor {
    private struct State: ~Copyable {
        var jobs: [UnownedJob] = []
        var isScheduled = false
    }

    private let loop: any EventLoop
    private let state = Mutex(State())

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Takes a job from any thread; it runs in a later turn of the loop, never inside this call.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { schedule() }
    }

    private func schedule() {
        loop.execute { self.runBatch() }
    }

    private func runBatch() {
        var batch: [UnownedJob] = []
        state.withLock { swap(&$0.jobs, &batch) }
        let executor = asUnownedTaskExecutor()
        for job in batch { job.runSynchronously(on: executor) }
        batch.removeAll(keepingCapacity: true)
        let isMore = state.withLock { state in
            if state.jobs.isEmpty {
                // The storage serves the next batch.
                swap(&state.jobs, &batch)
                state.isScheduled = false
            }
            return state.isScheduled
        }
        if isMore { schedule() }
    }
}
