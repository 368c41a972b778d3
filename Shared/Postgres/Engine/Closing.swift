/// Those who wait until everything is closed.
struct Closing {
    let until: ContinuousClock.Instant
    private var callers: [Caller<Void>] = []

    init(until: ContinuousClock.Instant) {
        self.until = until
    }

    mutating func add(_ caller: Caller<Void>) {
        callers.append(caller)
    }

    func resume() {
        for caller in callers { caller.answer(()) }
    }
}

extension IOLoop {
    /// Takes no new work; the thread ends when all is done, or at `until`.
    func close(until: ContinuousClock.Instant, _ caller: Caller<Void>) {
        if closing == nil { closing = Closing(until: until) }
        closing?.add(caller)
    }
}
