import Models
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ServiceKit

@Suite("The tasks of a connection")
struct ExecutorTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    @Test("run on the connection's event loop, after every wait and in every child task too")
    func staysOnLoop() async throws {
        let loop = loop
        let seen = await withTaskExecutorPreference(EventLoopExecutor(loop: loop)) {
            var seen = [loop.inEventLoop]
            await Task.yield()
            seen.append(loop.inEventLoop)
            // An answer that comes from another thread, as the database's do.
            await withCheckedContinuation { continuation in
                MultiThreadedEventLoopGroup.singleton.next().execute { continuation.resume() }
            }
            seen.append(loop.inEventLoop)
            async let child = loop.inEventLoop
            seen.append(await child)
            return seen
        }
        #expect(seen == [true, true, true, true])
    }

    @Test("all run, however many are enqueued from however many threads")
    func losesNothing() async throws {
        let executor = EventLoopExecutor(loop: loop)
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 1...2_000 {
                group.addTask(executorPreference: executor) {
                    await Task.yield()
                    return number
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 2_001_000)
    }

    @Test("leave the loop to its sockets and timers between their batches")
    func yieldsToLoop() async throws {
        let loop = loop
        let isOver = Mutex(false)
        let timer = loop.scheduleTask(in: .milliseconds(1)) { isOver.withLock { $0 = true } }
        await withTaskExecutorPreference(EventLoopExecutor(loop: loop)) {
            // Were batches not bounded, the timer of the same thread would never come to its turn.
            while !isOver.withLock({ $0 }) { await Task.yield() }
        }
        try await timer.futureResult.get()
    }

    @Test("give up work whose time has passed, and no other (R-8)")
    func deadline() async throws {
        let done = try await Deadline.run(within: .seconds(60), "The work") { 7 }
        #expect(done == 7)
        let problem = await #expect(throws: Problem.self) {
            try await Deadline.run(within: .milliseconds(5), "The work") {
                while true {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }
        }
        #expect(problem?.code == .deadlineExceeded)
    }
}
