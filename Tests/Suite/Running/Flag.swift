import Synchronization

/// A word of state that several tasks read: set until it is cleared.
///
/// Writers go on while it is set; clearing it lets each see its last write to the end.
final class Flag: Sendable {
    /// True from the beginning.
    private let value = Mutex(true)

    /// Whether nobody has cleared it yet.
    var isSet: Bool { value.withLock { $0 } }

    /// Ends what goes on while it is set.
    func clear() { value.withLock { $0 = false } }
}
