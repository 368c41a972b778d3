import Logging
import Models
import NIOCore
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Reads the stream of activity once for all readers of this copy of the gateway, and hands each what it may see.
///
/// While nobody reads, it does not look.
final class EventHub: Service {
    private struct State {
        /// Where the next look begins; `nil` while there is no reader.
        var point: StreamPoint?
        var streams: [ID<Workspace>: [ObjectIdentifier: EventStream]] = [:]
        /// Streams by the credential that opened them.
        var byCredential: [String: Int] = [:]
        var count = 0
        var isDraining = false

        mutating func add(_ stream: EventStream, of credentialID: String) {
            streams[stream.workspace, default: [:]][ObjectIdentifier(stream)] = stream
            byCredential[credentialID, default: 0] += 1
            count += 1
        }

        mutating func remove(_ stream: EventStream, of credentialID: String) {
            guard streams[stream.workspace]?.removeValue(forKey: ObjectIdentifier(stream)) != nil else { return }
            if streams[stream.workspace]?.isEmpty == true { streams[stream.workspace] = nil }
            let left = byCredential[credentialID, default: 0] - 1
            byCredential[credentialID] = left > 0 ? left : nil
            count -= 1
            if count == 0 { point = nil }
        }
    }

    private let reader: StreamReader
    private let limits: EventLimits
    private let logger: Logger
    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(reader: StreamReader, limits: EventLimits, logger: Logger) {
        self.reader = reader
        self.limits = limits
        self.logger = logger
        (wakeups, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many readers there are.
    var count: Int { state.withLock { $0.count } }

    /// All readers.
    var streams: [EventStream] { state.withLock { $0.streams.values.flatMap(\.values) } }

    // MARK: Readers

    /// Takes a reader in and sends it what it missed.
    ///
    /// The reader is counted in before anything is read for it: whatever is found from then on waits for it, so that
    /// nothing falls between the two.
    ///
    /// - Parameters:
    ///   - stream: The reader.
    ///   - lastEventID: The last id it has seen; `nil` when it starts anew.
    /// - Throws: ``Problem`` 429 when it has too many streams, 503 when there are too many or the process stops;
    ///   `PostgresError`.
    func add(_ stream: EventStream, after lastEventID: String?) async throws {
        try enter(stream)
        do {
            let horizon = try await begin()
            guard let lastEventID else { return stream.join(at: StreamPlace(point: horizon), nil, isReset: false) }
            guard let place = StreamPlace(eventID: lastEventID),
                let look = try await reader.replay(after: place.point, in: stream.workspace)
            else { return stream.join(at: StreamPlace(point: horizon), nil, isReset: true) }
            stream.join(at: place, look, isReset: false)
        } catch {
            remove(stream)
            throw error
        }
    }

    /// Forgets a reader.
    func remove(_ stream: EventStream) {
        let credentialID = stream.credentialID
        state.withLock { $0.remove(stream, of: credentialID) }
    }

    /// Ends the streams of a credential that was revoked.
    func revoke(credentialID: String) {
        for stream in streams where stream.credentialID == credentialID { stream.end(.credential) }
    }

    /// Has all credentials traded anew, as after revocations may have been missed.
    func distrustAll() {
        for stream in streams { stream.distrust() }
    }

    /// Sends all readers to another copy, and takes no more.
    func drain() {
        state.withLock { $0.isDraining = true }
        for stream in streams { stream.end(.draining) }
    }

    private func enter(_ stream: EventStream) throws(Problem) {
        let credentialID = stream.credentialID
        let refusal: Problem? = state.withLock { state in
            if state.isDraining { return .unavailable("This copy is stopping.", retryAfterSeconds: 1) }
            if state.count >= limits.streams {
                return .unavailable("Too many streams are open; try again later.", retryAfterSeconds: 10)
            }
            if state.byCredential[credentialID, default: 0] >= limits.streamsPerPrincipal {
                return Problem(
                    .rateLimited,
                    "At most \(limits.streamsPerPrincipal) streams may be open at once with one credential.",
                    headers: ["Retry-After": "10"])
            }
            state.add(stream, of: credentialID)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Has the hub look from now on.
    ///
    /// - Returns: A point from which on everything is seen by looks that are still to come.
    private func begin() async throws -> StreamPoint {
        if let point = state.withLock({ $0.point }) { return point }
        let horizon = try await reader.horizon()
        let point = state.withLock { state in
            if let point = state.point { return point }
            state.point = horizon
            return horizon
        }
        waker.yield()
        return point
    }

    // MARK: Looking

    /// Looks after each hint, and each second for hints that were lost, until the process stops.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { [self] in
                    for await _ in reader.database.listen(to: [ActivityHint.channel]) { waker.yield() }
                }
                group.addTask { [self] in
                    while (try? await Task.sleep(for: .seconds(1))) != nil { waker.yield() }
                }
                var beatenAt = ContinuousClock.now
                for await _ in wakeups {
                    while await look(), !Task.isCancelled {}
                    // Between looks, never beside one: a sign of life says how far the stream has come.
                    let instant = ContinuousClock.now
                    guard instant >= beatenAt + .seconds(1) else { continue }
                    beatenAt = instant
                    beat(at: instant)
                }
                group.cancelAll()
            }
        }
        drain()
    }

    /// Looks once.
    ///
    /// - Returns: Whether there is more to see at once.
    func look() async -> Bool {
        guard let point = state.withLock({ $0.point }) else { return false }
        do {
            let look = try await reader.look(after: point)
            return deliver(look, since: point)
        } catch {
            logger.warning("a look at the stream failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func deliver(_ look: StreamLook, since point: StreamPoint) -> Bool {
        let byWorkspace = Dictionary(grouping: look.rows, by: \.workspace)
        // One look at a time moves the point, so what is handed out here is in order.
        let readers: [(rows: [StreamEntry], streams: [EventStream])] = state.withLock { state in
            guard state.point == point else { return [] }
            state.point = look.end
            return byWorkspace.compactMap { workspace, rows in
                state.streams[workspace].map { (rows, Array($0.values)) }
            }
        }
        for (rows, streams) in readers {
            var memory = LookMemory()
            for stream in streams { stream.take(look, rows, &memory) }
        }
        return look.isFull && look.end > point
    }

    func beat(at instant: ContinuousClock.Instant) {
        guard let point = state.withLock({ $0.point }) else { return }
        for stream in streams { stream.beat(at: instant, every: limits.heartbeat, point) }
    }
}
