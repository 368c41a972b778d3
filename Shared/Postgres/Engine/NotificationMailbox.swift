import Synchronization

/// The notifications that one listener has not taken yet: at most 256, then one `.resynchronise` in their place.
final class NotificationMailbox: Sendable {
    static let limit = 256

    private struct State: ~Copyable {
        var waiting: [Database.Notification] = []
        var caller: Caller<Database.Notification?>?
        var isClosed = false
    }

    let channels: [String]
    private let state = Mutex(State())

    init(channels: [String]) {
        self.channels = channels
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func post(_ notification: Database.Notification) {
        let caller = state.withLock { state -> Caller<Database.Notification?>? in
            guard !state.isClosed else { return nil }
            if let caller = state.caller {
                state.caller = nil
                return caller
            }
            if notification == .resynchronise || state.waiting.count >= Self.limit {
                state.waiting = [.resynchronise]
            } else {
                state.waiting.append(notification)
            }
            return nil
        }
        caller?.answer(notification)
    }

    /// The next notification, `nil` once closed.
    func next() async -> Database.Notification? {
        await Caller<Database.Notification?>.wait { caller in
            let ready = state.withLock { state -> Database.Notification?? in
                if state.isClosed { return .some(nil) }
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                state.caller = caller
                return .none
            }
            if let ready { caller.answer(ready) }
        }
    }

    func close() {
        let caller = state.withLock { state -> Caller<Database.Notification?>? in
            state.isClosed = true
            defer { state.caller = nil }
            return state.caller
        }
        caller?.answer(nil)
    }
}
