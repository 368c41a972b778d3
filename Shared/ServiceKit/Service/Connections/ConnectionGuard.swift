import Models
import NIOCore
import NIOHTTP1

/// Keeps one connection within its limits and to HTTP/1.1, between the parser and everything else (R-8, S-23).
///
/// - Header fields that do not end in time are answered 408; a body that does not end in time closes the connection.
/// - What is not the HTTP that we speak is answered with a problem, and nothing after it is read as a request.
/// - An answer that does not wait for its request's body says `Connection: close`; what still comes is thrown away for
///   a moment, so that the client can read the answer.
/// - A client that takes nothing of its answer in time loses the connection.
/// - While the process drains, each answer says `Connection: close`.
/// - After a request that was refused for asking too often the next ones are left unread for a moment.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What of the request that is being read has come.
    private enum Reading { case nothing, someOfHead, body }

    private let limits: ConnectionLimits
    private let census: ConnectionCensus
    private let isDraining: @Sendable () -> Bool
    private var address: String?
    private var isCounted = false
    private var reading = Reading.nothing
    private var sawPart = false
    /// Whether the client has ended its side.
    private var hasInputEnded = false
    /// Requests whose head was read and whose answer has not ended.
    private var underWay = 0
    /// Whether the answer to the last request that was read ends the connection.
    private var isLast = false
    /// What is answered after the answers under way; nothing more is read then.
    private var lastWord: Problem?
    private var isClosing = false
    private var timer: Scheduled<Void>?
    /// Runs while the client takes nothing of what was written.
    private var stall: Scheduled<Void>?
    /// Runs while nothing is read after a refusal.
    private var rest: Scheduled<Void>?
    private var isReadHeld = false

    init(limits: ConnectionLimits, census: ConnectionCensus, isDraining: @escaping @Sendable () -> Bool) {
        self.limits = limits
        self.census = census
        self.isDraining = isDraining
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawPart = true
        guard lastWord == nil, !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Who asked for the connection's end reads no answer to what follows.
            guard !isLast else { return }
            clearTimer()
            if let problem = RequestHeadRules.fault(of: head) { return refuse(problem, context) }
            reading = .body
            underWay += 1
            isLast = RequestHeadRules.endsConnection(head)
            if RequestHeadRules.waitsForContinue(head) {
                let go = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
            }
        case .body:
            guard reading == .body else { return }
        case .end:
            guard reading == .body else { return }
            reading = .nothing
            clearTimer()
        }
        context.fireChannelRead(data)
    }

    /// A request that comes whole in one read sets no timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if lastWord == nil, !isClosing, timer == nil {
            switch reading {
            case .nothing where !sawPart && !hasInputEnded:
                reading = .someOfHead
                setTimer(limits.head, context) { $0.refuse(EdgeAnswer.headTooSlow, $1) }
            case .body:
                // The reader of the body has the same limit, and a moment to say so.
                setTimer(limits.body + limits.linger, context) { $1.close(promise: nil) }
            default: break
            }
        }
        sawPart = false
        context.fireChannelReadComplete()
    }

    /// The end of what a client sends is no beginning of a head: who ends its side waits for its answers.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            hasInputEnded = true
            if reading == .someOfHead {
                reading = .nothing
                clearTimer()
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard lastWord == nil, !isClosing else { return }
        // Who reads the body learns why it ends.
        guard reading != .body, let error = error as? HTTPParserError else {
            return context.fireErrorCaught(error)
        }
        if case .headerOverflow = error { return refuse(EdgeAnswer.headTooLarge, context) }
        // A client that went away in the middle of a head waits for no answer.
        if case .invalidEOFState = error { return context.close(promise: nil) }
        refuse(EdgeAnswer.malformed, context)
    }

    /// Answers a problem after the answers under way, and reads no more.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        clearTimer()
        reading = .nothing
        lastWord = problem
        if underWay == 0 { sayLastWord(context) }
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if head.status == .tooManyRequests { takeRest(context) }
            let ends = underWay == 1 && (isLast || reading == .body) || isDraining()
            guard ends, head.status.code >= 200 else { return context.write(data, promise: promise) }
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            isClosing = true
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            underWay -= 1
            if isClosing {
                context.writeAndFlush(data, promise: promise)
                return close(context)
            }
            context.write(data, promise: promise)
            if lastWord != nil, underWay == 0 { sayLastWord(context) }
        }
    }

    /// Waits for a reader no longer than the limit: it would hold what its answer takes of the process for ever.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            stall = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.reader)) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    private func sayLastWord(_ context: ChannelHandlerContext) {
        guard let problem = lastWord, !isClosing else { return }
        let answer = EdgeAnswer(problem)
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        close(context)
    }

    /// Ends our side, and the connection when the client has ended its own or has had a moment for it: closing while
    /// bytes are unread would take the answer back (RFC 9112, section 9.6).
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        readOn(context)
        context.close(mode: .output, promise: nil)
        setTimer(limits.linger, context) { $1.close(promise: nil) }
    }

    // MARK: Resting

    func read(context: ChannelHandlerContext) {
        if rest == nil || isClosing { context.read() } else { isReadHeld = true }
    }

    /// Leaves what the client sends on in the network, where it costs nobody anything.
    private func takeRest(_ context: ChannelHandlerContext) {
        guard limits.refusalRest > .zero,
            !(context.channel.remoteAddress?.ipAddress.map(limits.proxies.contains) ?? false)
        else { return }
        rest?.cancel()
        rest = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.refusalRest)) {
            self.rest = nil
            self.readOn(context)
        }
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard isReadHeld else { return }
        isReadHeld = false
        context.read()
    }

    // MARK: Counting and timing

    private func begin(_ context: ChannelHandlerContext) {
        guard !isCounted, lastWord == nil else { return }
        address = limits.countPerAddress > 0 ? context.channel.remoteAddress?.ipAddress : nil
        isCounted = census.enter(address)
        if !isCounted { refuse(EdgeAnswer.tooManyConnections, context) }
    }

    private func end() {
        clearTimer()
        rest?.cancel()
        stall?.cancel()
        guard isCounted else { return }
        isCounted = false
        census.leave(address)
    }

    private func setTimer(
        _ after: Duration, _ context: ChannelHandlerContext,
        _ action: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(after)) {
            self.timer = nil
            action(self, context)
        }
    }

    private func clearTimer() {
        timer?.cancel()
        timer = nil
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
