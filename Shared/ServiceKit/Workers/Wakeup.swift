import Postgres

/// What wakes a worker: a hint, the passing of an interval, or its own work.
///
/// Signals that come while it is busy count as one.
struct Wakeup: Sendable {
    /// One element for each time to look.
    let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let interval: Duration

    init(interval: Duration) {
        self.interval = interval
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        continuation.yield()
    }

    /// Wakes the worker.
    func signal() {
        continuation.yield()
    }

    /// Ends the worker's loop when it next looks.
    func finish() {
        continuation.finish()
    }

    /// Wakes the worker after each interval, until the task is cancelled.
    func tick() async {
        while (try? await Task.sleep(for: interval)) != nil {
            signal()
        }
    }

    /// Wakes the worker at each notification, until the stream ends or the task is cancelled.
    func follow(_ notifications: AsyncStream<Database.Notification>) async {
        for await _ in notifications {
            signal()
        }
    }
}
