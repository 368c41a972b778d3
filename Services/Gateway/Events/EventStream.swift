import Models
import NIOCore
import ServiceKit
import Synchronization

/// One reader of the live stream: its place, what it may see, and what waits to be written to it.
final class EventStream: Sendable {
    /// Who reads.
    struct Reader: Sendable {
        var principal: Principal
        /// What is traded anew from time to time; `nil` for a token that came as it is, which just ends.
        let credential: String?
        var kinds: VisibleKinds
        /// When the credential was last found valid.
        var authorisedAt: ContinuousClock.Instant
    }

    private enum Phase {
        /// It is being sent what it missed; what is found meanwhile waits.
        case joining([(rows: [StreamEntry], end: StreamPoint)])
        case live(StreamPlace)
        case ended
    }

    private struct State {
        var phase = Phase.joining([])
        var waitingEntries = 0
        var reader: Reader
        var heartbeatAt: ContinuousClock.Instant
        var isRenewing = false
        var isDistrusted = false
    }

    let workspace: ID<Workspace>
    /// What opened it; it is traded anew for the same.
    let credentialID: String
    /// What is to be written, in order; ends when the stream does.
    let frames: AsyncStream<ByteBuffer>
    private let sender: AsyncStream<ByteBuffer>.Continuation
    private let state: Mutex<State>
    /// Closes the connection of a reader who takes nothing, after a moment for the last words.
    private let cut: @Sendable () -> Void

    init(reader: Reader, cut: @escaping @Sendable () -> Void) {
        workspace = reader.principal.workspace
        credentialID = reader.principal.credentialID
        self.cut = cut
        (frames, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(EventLimits.waitingFrames))
        state = Mutex(State(reader: reader, heartbeatAt: reader.authorisedAt))
    }

    var reader: Reader { state.withLock { $0.reader } }

    /// Sends what the reader missed, then what was found meanwhile; from now on it follows.
    ///
    /// - Parameters:
    ///   - start: The place of the reader.
    ///   - look: What has become visible since, none where it starts anew.
    ///   - isReset: Whether the reader is told to read everything anew.
    func join(at start: StreamPlace, _ look: StreamLook?, isReset: Bool) {
        state.withLock { state in
            guard case .joining(let waiting) = state.phase else { return }
            var place = start
            var buffer = EventFrames.opening(start)
            if isReset { buffer.writeImmutableBuffer(EventFrames.reset) }
            let kinds = state.reader.kinds
            for (rows, end) in (look.map { [($0.rows, $0.end)] } ?? []) + waiting.map({ ($0.rows, $0.end) }) {
                place.advance(over: rows, to: end) { entry, place in
                    if kinds.sees(entry.notice.kind) {
                        EventFrames.append(entry.notice, after: place, to: &buffer)
                    }
                }
            }
            state.phase = .live(place)
            yield(buffer, &state)
        }
    }

    /// Takes what a look has found in the reader's workspace.
    func take(_ look: StreamLook, _ rows: [StreamEntry], _ memory: inout LookMemory) {
        state.withLock { state in
            switch state.phase {
            case .joining(var waiting):
                state.waitingEntries += rows.count
                if state.waitingEntries > EventLimits.waitingEntries { return end(.slow, &state) }
                waiting.append((rows, look.end))
                state.phase = .joining(waiting)
            case .live(let place):
                let (after, buffer) = memory.step(from: place, state.reader.kinds, rows, look.end)
                state.phase = .live(after)
                if let buffer { yield(buffer, &state) }
            case .ended: break
            }
        }
    }

    /// Gives a sign of life when it is time, with how far the stream has come.
    func beat(at instant: ContinuousClock.Instant, every interval: Duration, _ end: StreamPoint) {
        state.withLock { state in
            guard case .live(var place) = state.phase, instant >= state.heartbeatAt + interval else { return }
            state.heartbeatAt = instant
            // Nothing of the workspace that was not sent lies between its place and there.
            place.advance(over: [], to: end) { _, _ in }
            state.phase = .live(place)
            yield(EventFrames.heartbeat(place), &state)
        }
    }

    /// Ends the stream with its reason.
    func end(_ why: EventFrames.Ending) {
        state.withLock { end(why, &$0) }
    }

    // MARK: The credential

    /// Whether the credential is to be traded anew; says so once until ``renewed(with:at:)`` or ``notRenewed()``.
    func beginRenewing(at instant: ContinuousClock.Instant, after age: Duration) -> Bool {
        state.withLock { state in
            if case .ended = state.phase { return false }
            guard !state.isRenewing, state.isDistrusted || instant >= state.reader.authorisedAt + age else {
                return false
            }
            state.isRenewing = true
            return true
        }
    }

    /// Goes on with what the credential allows now.
    func renewed(with principal: Principal, at instant: ContinuousClock.Instant) {
        state.withLock { state in
            state.isRenewing = false
            state.isDistrusted = false
            state.reader.authorisedAt = instant
            state.reader.principal = principal
            state.reader.kinds = VisibleKinds(principal.permissions)
        }
    }

    /// Asks again next time.
    func notRenewed() {
        state.withLock { $0.isRenewing = false }
    }

    /// Has the credential traded anew at the next look.
    func distrust() {
        state.withLock { $0.isDistrusted = true }
    }

    // MARK: Sending

    private func yield(_ buffer: ByteBuffer, _ state: inout State) {
        if case .ended = state.phase { return }
        if case .dropped = sender.yield(buffer) { end(.slow, &state) }
    }

    private func end(_ why: EventFrames.Ending, _ state: inout State) {
        if case .ended = state.phase { return }
        state.phase = .ended
        sender.yield(EventFrames.ending(why))
        sender.finish()
        cut()
    }
}

/// What a look meant for readers at one place, so that readers at the same place share its bytes.
struct LookMemory {
    private struct Key: Hashable {
        let place: StreamPlace
        let kinds: VisibleKinds
    }

    private var steps: [Key: (StreamPlace, ByteBuffer?)] = [:]

    /// The place after the look, and what is to be sent; `nil` for nothing.
    mutating func step(
        from place: StreamPlace, _ kinds: VisibleKinds, _ rows: [StreamEntry], _ end: StreamPoint
    ) -> (StreamPlace, ByteBuffer?) {
        let key = Key(place: place, kinds: kinds)
        if let known = steps[key] { return known }
        var after = place
        var buffer = ByteBuffer()
        after.advance(over: rows, to: end) { entry, place in
            if kinds.sees(entry.notice.kind) { EventFrames.append(entry.notice, after: place, to: &buffer) }
        }
        let step = (after, buffer.readableBytes > 0 ? buffer : nil)
        steps[key] = step
        return step
    }
}
