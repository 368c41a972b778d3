/// Who works and who waits, when few may work at once and few may wait: a state machine without locks or suspension.
struct WorkSlots<Waiter> {
    /// What a caller is told when it comes.
    enum Entry {
        /// There is a free place.
        case work
        /// All places are taken; the waiter is kept, and is told when its turn comes.
        case wait
        /// All places are taken and too many wait.
        case refused(Waiter)
        /// The caller had given up before it came.
        case cancelled(Waiter)
    }

    /// The most callers at work.
    let width: Int
    /// The most callers waiting.
    let waitingLimit: Int
    private(set) var working = 0
    private var waiting: [(ticket: UInt64, waiter: Waiter)] = []
    private var cancelledEarly: Set<UInt64> = []
    private(set) var lastTicket: UInt64 = 0

    init(width: Int, waitingLimit: Int) {
        self.width = width
        self.waitingLimit = waitingLimit
    }

    /// How many wait now.
    var waitingCount: Int { waiting.count }

    /// A number for a caller, by which it can give up at any time.
    mutating func takeTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// A caller comes.
    mutating func enter(_ ticket: UInt64, _ waiter: Waiter) -> Entry {
        if cancelledEarly.remove(ticket) != nil { return .cancelled(waiter) }
        if working < width {
            working += 1
            return .work
        }
        if waiting.count >= waitingLimit { return .refused(waiter) }
        waiting.append((ticket, waiter))
        return .wait
    }

    /// A caller has done its work; whoever has waited longest takes its place.
    mutating func leave(_ ticket: UInt64) -> Waiter? {
        cancelledEarly.remove(ticket)
        guard !waiting.isEmpty else {
            working -= 1
            return nil
        }
        return waiting.removeFirst().waiter
    }

    /// A caller gives up: one that waits gets its waiter back, one that has not come yet is refused when it comes.
    mutating func cancel(_ ticket: UInt64) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else {
            cancelledEarly.insert(ticket)
            return nil
        }
        return waiting.remove(at: index).waiter
    }

    /// Forgets a caller that was refused.
    mutating func forget(_ ticket: UInt64) { cancelledEarly.remove(ticket) }
}
