/// The decisions of one lane: which connection a job gets, who waits, who is refused, when to connect again.
///
/// A value without I/O, clock or randomness, so that every decision can be tested by itself.
struct LanePool<Job> {
    /// The bounds of a lane.
    struct Limits {
        /// Connections of the lane.
        var connections: Int
        /// Jobs at once on one connection.
        var depth: Int
        /// Jobs that may wait.
        var queue: Int
        /// The wait after the first failed attempt to connect.
        var reconnectDelay: Duration
        /// The longest such wait.
        var reconnectDelayLimit: Duration
        /// How long jobs may still queue while no connection is open.
        var outageGrace: Duration
    }

    /// What a connection's place in the lane holds.
    enum Slot: Equatable {
        /// Nothing; connect at that time.
        case resting(until: ContinuousClock.Instant, failures: Int)
        /// An attempt to connect is under way.
        case connecting(failures: Int)
        /// A connection with this many jobs.
        case open(load: Int)
        /// A connection that takes no new jobs until it is released.
        case held(load: Int)
    }

    /// The answer to a new job.
    enum Admission: Equatable {
        case run(slot: Int)
        case queued
        case queueFull
        case unavailable
    }

    private(set) var slots: [Slot]
    private var queue = Ring<Job>()
    private let limits: Limits
    /// Slots that rest, so that the usual case, none, costs nothing.
    private var restingCount: Int
    /// Since when no connection is open, `nil` while one is.
    private(set) var downSince: ContinuousClock.Instant?

    init(limits: Limits, now: ContinuousClock.Instant) {
        self.limits = limits
        slots = Array(repeating: .resting(until: now, failures: 0), count: limits.connections)
        restingCount = limits.connections
        downSince = now
    }

    var waiting: Int { queue.count }
    var openCount: Int { slots.count { $0.isOpen } }
    var busyCount: Int { slots.count { $0.load > 0 } }

    /// Places a new job.
    mutating func admit(_ job: Job, now: ContinuousClock.Instant) -> Admission {
        if queue.isEmpty, let slot = leastLoaded() {
            slots[slot] = .open(load: slots[slot].load + 1)
            return .run(slot: slot)
        }
        guard queue.count < limits.queue else { return .queueFull }
        if let downSince, now - downSince > limits.outageGrace || limits.connections == 0 { return .unavailable }
        queue.append(job)
        return .queued
    }

    /// Puts a job that lost its connection back, before those that wait.
    mutating func readmit(_ job: Job) {
        queue.prepend(job)
    }

    /// The next waiting job that a connection has room for.
    mutating func next() -> (job: Job, slot: Int)? {
        guard !queue.isEmpty, let slot = leastLoaded(), let job = queue.removeFirst() else { return nil }
        slots[slot] = .open(load: slots[slot].load + 1)
        return (job, slot)
    }

    /// A job ended; its connection may take another.
    mutating func release(_ slot: Int) {
        switch slots[slot] {
        case .open(let load), .held(let load): slots[slot] = .open(load: max(0, load - 1))
        case .resting, .connecting: break
        }
    }

    /// The connection takes no new jobs until one is released.
    mutating func hold(_ slot: Int) {
        if case .open(let load) = slots[slot] { slots[slot] = .held(load: load) }
    }

    /// The slots whose time to connect has come; they count as connecting from now on.
    mutating func connectsDue(now: ContinuousClock.Instant) -> [Int] {
        guard restingCount > 0 else { return [] }
        var due: [Int] = []
        for (index, slot) in slots.enumerated() {
            guard case .resting(let until, let failures) = slot, until <= now else { continue }
            slots[index] = .connecting(failures: failures)
            restingCount -= 1
            due.append(index)
        }
        return due
    }

    /// The next time at which to connect.
    var nextConnect: ContinuousClock.Instant? {
        guard restingCount > 0 else { return nil }
        var next: ContinuousClock.Instant?
        for case .resting(let until, _) in slots where until < next ?? until + .seconds(1) { next = until }
        return next
    }

    mutating func connected(_ slot: Int) {
        slots[slot] = .open(load: 0)
        downSince = nil
    }

    /// An attempt failed or a connection broke: rest, longer each time, with jitter in `0...1` to spread the attempts.
    mutating func disconnected(_ slot: Int, now: ContinuousClock.Instant, jitter: Double) {
        var failures = 0
        if case .connecting(let previous) = slots[slot] { failures = previous + 1 }
        let doubled = limits.reconnectDelay * (1 << min(failures, 16))
        let delay = min(doubled, limits.reconnectDelayLimit) * (0.5 + 0.5 * jitter)
        slots[slot] = .resting(until: now + delay, failures: failures)
        restingCount += 1
        if openCount == 0, downSince == nil { downSince = now }
    }

    /// Takes out the waiting jobs that satisfy a condition, keeping the order of the others.
    mutating func removeWaiting(where condition: (Job) -> Bool) -> [Job] {
        guard !queue.isEmpty else { return [] }
        var removed: [Job] = []
        for job in queue.removeAll() {
            if condition(job) { removed.append(job) } else { queue.append(job) }
        }
        return removed
    }

    /// Looks at all waiting jobs.
    func forEachWaiting(_ body: (Job) -> Void) {
        for offset in 0..<queue.count {
            if let job = queue[offset] { body(job) }
        }
    }

    private func leastLoaded() -> Int? {
        var best: (slot: Int, load: Int)?
        for (index, slot) in slots.enumerated() {
            guard case .open(let load) = slot, load < limits.depth, load < best?.load ?? .max else { continue }
            best = (index, load)
        }
        return best?.slot
    }
}

extension LanePool.Slot {
    var isOpen: Bool {
        switch self {
        case .open, .held: true
        case .resting, .connecting: false
        }
    }

    var load: Int {
        switch self {
        case .open(let load), .held(let load): load
        case .resting, .connecting: 0
        }
    }
}
