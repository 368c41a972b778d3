/// The processes of one run, in the order they were started; they stop in the opposite order.
actor Crew {
    private let starts: AsyncStream<ManagedProcess>
    private let starting: AsyncStream<ManagedProcess>.Continuation
    private var members: [ManagedProcess] = []

    init() {
        (starts, starting) = AsyncStream.makeStream(of: ManagedProcess.self)
    }

    /// Starts a process and keeps it running until ``stop(report:)``.
    func start(_ process: ManagedProcess) {
        members.append(process)
        starting.yield(process)
    }

    /// Runs the processes that are started; returns when ``stop(report:)`` was called and all have ended.
    func run(report: @escaping @Sendable (String) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for await process in starts {
                group.addTask { await process.run(report: report) }
            }
        }
    }

    /// Stops all, the last started first, each when those before it have ended.
    ///
    /// - Parameter report: Is given the name of each process before it is stopped.
    func stop(report: @Sendable (String) -> Void) async {
        for process in members.reversed() {
            report(process.specification.name)
            await process.stop()
        }
        members = []
        starting.finish()
    }
}
