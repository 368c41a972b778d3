/// A task that waits to be answered, exactly once.
///
/// Safe to pass about: `UnsafeContinuation` leaves out the checks that cost time on each statement, and each owner of a
/// `Caller` takes it out of its place before it answers.
@safe struct Caller<Value: Sendable>: Sendable {
    private let continuation: UnsafeContinuation<Value, Never>

    /// Suspends the calling task until the `Caller` that `body` receives is answered.
    static func wait(_ body: (Caller) -> Void) async -> Value {
        unsafe await withUnsafeContinuation { continuation in
            body(unsafe Caller(continuation: continuation))
        }
    }

    func answer(_ value: sending Value) {
        unsafe continuation.resume(returning: value)
    }
}
