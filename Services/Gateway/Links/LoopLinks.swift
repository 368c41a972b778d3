import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The links of one event loop: a request goes out on the thread that read it, and its answer comes back there.
final class LoopLinks {
    private let loop: any EventLoop
    private let limits: LinkLimits
    private let tls: NIOSSLContext?
    private var copies: [String: CopyLinks] = [:]
    private var isClosed = false

    init(on loop: any EventLoop, limits: LinkLimits, tls: NIOSSLContext?) {
        self.loop = loop
        self.limits = limits
        self.tls = tls
    }

    /// Sends a request to a copy of a service as soon as a link is free.
    func send(_ exchange: LinkExchange, to baseURL: String) {
        guard !isClosed, let copy = copy(at: baseURL) else {
            _ = exchange.finish(.failure(LinkFailure.unreached))
            return
        }
        copy.send(exchange)
    }

    /// Ends all links.
    func close() {
        isClosed = true
        for copy in copies.values { copy.close() }
    }

    private func copy(at baseURL: String) -> CopyLinks? {
        if let known = copies[baseURL] { return known }
        guard let target = LinkTarget(baseURL: baseURL) else { return nil }
        let copy = CopyLinks(to: target, on: loop, limits: limits, tls: tls)
        copies[baseURL] = copy
        return copy
    }
}

@available(*, unavailable)
extension LoopLinks: Sendable {}

/// The links of one event loop to one copy of a service.
private final class CopyLinks: LinkKeeper {
    private let target: LinkTarget
    private let loop: any EventLoop
    private let limits: LinkLimits
    private let tls: NIOSSLContext?
    private var links: [ObjectIdentifier: Link] = [:]
    private var resting: [Link] = []
    private var opening = 0
    /// Who waits for a link; who finds as many as may is told at once.
    private var waiting = CircularBuffer<LinkExchange>()

    init(to target: LinkTarget, on loop: any EventLoop, limits: LinkLimits, tls: NIOSSLContext?) {
        self.target = target
        self.loop = loop
        self.limits = limits
        self.tls = tls
    }

    func send(_ exchange: LinkExchange) {
        // The one that rested last is the warmest, and the others can end.
        while let link = resting.popLast() {
            guard link.isFresh else {
                link.close()
                continue
            }
            if !link.send(exchange) { resting.append(link) }
            return
        }
        if isCrowded { waiting.removeAll { $0.isOver } }
        guard !isCrowded else {
            _ = exchange.finish(.failure(LinkFailure.crowded))
            return
        }
        waiting.append(exchange)
        openOne()
    }

    /// Whether as many wait as may, beside those that a link will come for.
    private var isCrowded: Bool {
        waiting.count >= limits.count - links.count + limits.waiting
    }

    func close() {
        for link in links.values { link.close() }
    }

    func rests(_ link: Link) {
        while let exchange = waiting.popFirst() {
            if link.send(exchange) { return }
        }
        resting.append(link)
    }

    func ended(_ link: Link) {
        links[ObjectIdentifier(link)] = nil
        resting.removeAll { $0 === link }
        openOne()
    }

    /// Opens a link when more wait than will come.
    private func openOne() {
        while waiting.first?.isOver == true { waiting.removeFirst() }
        guard opening < waiting.count, links.count + opening < limits.count else { return }
        opening += 1
        let keeper = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop).connectTimeout(limits.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { [target, tls, limits] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if target.isTLS, let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: target.serverName))
                    }
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder()))
                    try pipeline.addHandler(Link(to: target, limits: limits, keeper: keeper.value))
                }
            }
            .connect(host: target.host, port: target.port).assumeIsolated().whenComplete { self.opened($0) }
    }

    private func opened(_ result: Result<any Channel, any Error>) {
        opening -= 1
        do {
            let channel = try result.get()
            let link = try channel.pipeline.syncOperations.handler(type: Link.self)
            links[ObjectIdentifier(link)] = link
            rests(link)
        } catch {
            // Another copy is asked at once: who waits is told.
            let told = waiting
            waiting = CircularBuffer()
            for exchange in told { _ = exchange.finish(.failure(LinkFailure.unreached)) }
        }
    }
}
