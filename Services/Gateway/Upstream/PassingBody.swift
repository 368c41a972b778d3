import Hummingbird
import NIOCore
import Synchronization

/// A request's large body on its way to a service, read by one reader at a time.
///
/// A service may answer before it has read the body: with 401 or 413. The client still reads then, for the service,
/// while the server throws away what is left of the request: two readers at once end the process. So the answer goes
/// back only after ``stop()``.
final class PassingBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private enum State {
        case resting, reading, over
        /// The reading under way is the last; its end is waited for.
        case stopping(CheckedContinuation<Void, Never>)
    }

    private let base: RequestBody
    private let state = Mutex(State.resting)

    init(_ base: RequestBody) {
        self.base = base
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), body: self) }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let body: PassingBody

        mutating func next() async throws -> ByteBuffer? {
            guard body.begin() else { return nil }
            defer { body.finish() }
            return try await base.next()
        }
    }

    /// Ends the reading; a part that is waited for is waited for to the end, which the limit on bodies bounds.
    func stop() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if case .reading = state {
                    state = .stopping(continuation)
                    return false
                }
                state = .over
                return true
            }
            if isOver { continuation.resume() }
        }
    }

    private func begin() -> Bool {
        state.withLock { state in
            guard case .resting = state else { return false }
            state = .reading
            return true
        }
    }

    private func finish() {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            if case .stopping(let continuation) = state {
                state = .over
                return continuation
            }
            state = .resting
            return nil
        }
        waiting?.resume()
    }
}
