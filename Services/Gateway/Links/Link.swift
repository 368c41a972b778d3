import NIOCore
import NIOHTTP1

/// One connection to a copy of a service, which carries one request after the other; it belongs to its event loop.
///
/// A small answer is handed over whole, so that the request's task wakes once; a large one in parts, and nothing is
/// read from the service while many of them wait for their reader.
final class Link: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Answers up to this size are handed over whole.
    static let wholeLimitBytes = 65_536
    /// How long a link may rest and still be trusted to carry a request.
    private static let rest: TimeAmount = .seconds(30)

    private enum Phase {
        case resting
        /// The request is on its way; its answer has not begun.
        case asked(LinkExchange)
        case collecting(LinkExchange, HTTPResponseHead, ByteBuffer)
        case passing(LinkAnswer.Parts.Source)
    }

    private let target: LinkTarget
    private let limits: LinkLimits
    private let keeper: any LinkKeeper
    private var context: ChannelHandlerContext?
    private var phase = Phase.resting
    /// Whether the last byte of the request was written.
    private var isSent = true
    /// Whether the service keeps the connection after its answer.
    private var isKept = true
    /// Counts the answers that came in parts, so that the end of an earlier one means nothing.
    private var answers = 0
    private var isFull = false
    private var isReadHeld = false
    private var deadline: Scheduled<Void>?
    private var restingSince = NIODeadline.now()

    init(to target: LinkTarget, limits: LinkLimits, keeper: any LinkKeeper) {
        self.target = target
        self.limits = limits
        self.keeper = keeper
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Whether a service has surely not closed it for having rested too long.
    var isFresh: Bool { context != nil && NIODeadline.now() < restingSince + Self.rest }

    /// Ends the connection, and what it carries.
    func close() { context?.close(promise: nil) }

    // MARK: Sending

    /// Sends a request; false when nobody waits for its answer any more.
    func send(_ exchange: LinkExchange) -> Bool {
        guard let context, exchange.place(on: context.channel) else { return false }
        phase = .asked(exchange)
        isSent = false
        context.write(wrapOutboundOut(.head(exchange.request.head(to: target))), promise: nil)
        switch exchange.request.body {
        case .none: break
        case .whole(let body): context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        case .passing:
            // Its task writes the body, and its end.
            context.flush()
            return true
        }
        isSent = true
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { isSent = true }
        context.write(data, promise: promise)
    }

    // MARK: The answer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let part): take(part, context)
        case .end: finish(context)
        }
    }

    private func begin(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        guard case .asked(let exchange) = phase else { return context.close(promise: nil) }
        isKept = head.isKeepAlive
        let length = head.headers.first(name: "content-length").flatMap { Int($0) }
        let isBodiless = exchange.request.method == .HEAD || !head.status.mayHaveResponseBody
        if isBodiless || length.map({ $0 <= Self.wholeLimitBytes }) ?? false {
            phase = .collecting(exchange, head, ByteBuffer())
            return
        }
        answers += 1
        let parts = LinkAnswer.Parts.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 2, highWatermark: 8), finishOnDeinit: false,
            delegate: LinkDemand(link: NIOLoopBound(self, eventLoop: context.eventLoop), answer: answers))
        phase = .passing(parts.source)
        let answer = LinkAnswer(
            status: head.status, headers: head.headers, body: .parts(parts.sequence, length: length))
        guard exchange.finish(.success(answer)) else { return context.close(promise: nil) }
        wait(limits.part, context)
    }

    private func take(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        switch phase {
        case .collecting(let exchange, let head, var body):
            // The buffer has one owner while it grows.
            phase = .resting
            if body.readableBytes == 0 { body = part } else { body.writeImmutableBuffer(part) }
            phase = .collecting(exchange, head, body)
        case .passing(let source):
            switch source.yield(part) {
            case .produceMore: wait(limits.part, context)
            case .stopProducing:
                // Who reads nothing must not hold the link for ever.
                if !isFull { wait(limits.reader, context) }
                isFull = true
            case .dropped: context.close(promise: nil)
            }
        case .resting, .asked: context.close(promise: nil)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        switch phase {
        case .collecting(let exchange, let head, let body):
            let answer = LinkAnswer(
                status: head.status, headers: head.headers, body: body.readableBytes == 0 ? .none : .whole(body))
            // Who has given up closes the connection at any moment: it carries nothing any more.
            if !exchange.finish(.success(answer)) { isKept = false }
        case .passing(let source):
            deadline?.cancel()
            source.finish()
        case .resting, .asked: isKept = false
        }
        phase = .resting
        guard isSent, isKept, context.channel.isActive else { return context.close(promise: nil) }
        readOn(context)
        restingSince = .now()
        keeper.rests(self)
    }

    // MARK: Its reader

    func read(context: ChannelHandlerContext) {
        if isFull { isReadHeld = true } else { context.read() }
    }

    /// Reads on for the reader of an answer in parts.
    func goOn(_ answer: Int) {
        guard answer == answers, case .passing = phase, isFull, let context else { return }
        wait(limits.part, context)
        readOn(context)
    }

    /// Ends the connection when the reader of an answer in parts leaves before its end.
    func readerLeft(_ answer: Int) {
        guard answer == answers, case .passing = phase else { return }
        close()
    }

    /// Reads again, and what was not read meanwhile; an answer can end while its parts are too many.
    private func readOn(_ context: ChannelHandlerContext) {
        isFull = false
        guard isReadHeld else { return }
        isReadHeld = false
        context.read()
    }

    /// Ends the connection when neither the next part has come nor its reader has gone on within a limit.
    private func wait(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            self.fail(LinkFailure.late)
            self.close()
        }
    }

    // MARK: Failing

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(LinkFailure.cutOff)
        keeper.ended(self)
        context.fireChannelInactive()
    }

    private func fail(_ error: any Error) {
        deadline?.cancel()
        switch phase {
        case .resting: break
        case .asked(let exchange): _ = exchange.finish(.failure(Self.beforeAnswer(error)))
        case .collecting(let exchange, _, _): _ = exchange.finish(.failure(LinkFailure.cutOff))
        case .passing(let source): source.finish(error)
        }
        phase = .resting
        isKept = false
    }

    /// What is told of a connection that failed before its answer began: it ended, or what came is no HTTP.
    private static func beforeAnswer(_ error: any Error) -> any Error {
        if let error = error as? HTTPParserError, case .invalidEOFState = error { return LinkFailure.broken }
        return error is HTTPParserError ? error : LinkFailure.broken
    }
}

@available(*, unavailable)
extension Link: Sendable {}

/// What a link tells of itself, on its event loop.
protocol LinkKeeper: AnyObject {
    /// It has carried a request, and may carry another.
    func rests(_ link: Link)
    /// It has ended.
    func ended(_ link: Link)
}

/// Tells a link what the reader of its answer does, from wherever that is.
struct LinkDemand: NIOAsyncSequenceProducerDelegate {
    let link: NIOLoopBound<Link>
    /// Which of the link's answers.
    let answer: Int

    func produceMore() { link.eventLoop.execute { [link, answer] in link.value.goOn(answer) } }

    func didTerminate() { link.eventLoop.execute { [link, answer] in link.value.readerLeft(answer) } }
}
