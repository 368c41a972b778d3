import Configuration
import Models
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ServiceKit

@Suite("Rest after a refusal (R-7)")
struct RefusalRestTests {
    /// Counts what is read from the network.
    private final class ReadCount: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var count = 0

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    /// A connection behind the guard, on a loop whose time the test moves.
    private struct Connection {
        let channel = EmbeddedChannel()
        let reads = ReadCount()

        init(resting: Duration, behind proxies: Set<String> = []) throws {
            var limits = ConnectionLimits()
            limits.refusalRest = resting
            limits.proxies = proxies
            try channel.pipeline.syncOperations.addHandlers(
                reads,
                ConnectionGuard(limits: limits, census: ConnectionCensus(limits: limits), isDraining: { false }))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        /// A request, its answer, and the wish to read the next one.
        func exchange(_ status: HTTPResponseStatus, _ fields: HTTPHeaders = [:]) throws {
            var fields = fields
            fields.add(name: "host", value: "x")
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: fields)
            try channel.writeInbound(HTTPServerRequestPart.head(head))
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
            let answer = HTTPResponseHead(version: .http1_1, status: status)
            channel.write(HTTPServerResponsePart.head(answer), promise: nil)
            channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
            channel.read()
        }

        func pass(_ milliseconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds)) }
    }

    @Test("who asks on after a refusal is read once a rest and no more, and who was served is read at once")
    func rests() throws {
        let connection = try Connection(resting: .milliseconds(250))
        try connection.exchange(.ok)
        #expect(connection.reads.count == 1)
        for _ in 0..<100 { try connection.exchange(.tooManyRequests) }
        connection.pass(249)
        #expect(connection.reads.count == 1)
        connection.pass(1)
        #expect(connection.reads.count == 2)
        connection.pass(10_000)
        #expect(connection.reads.count == 2)
        try connection.exchange(.ok)
        #expect(connection.reads.count == 3)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("a connection of a trusted proxy rests at no refusal, since it carries everybody's requests")
    func restsBehindNoProxy() throws {
        let proxy = try Connection(resting: .milliseconds(250), behind: ["127.0.0.1"])
        for _ in 0..<3 { try proxy.exchange(.tooManyRequests) }
        #expect(proxy.reads.count == 3)
        let other = try Connection(resting: .milliseconds(250), behind: ["10.0.0.1"])
        for _ in 0..<3 { try other.exchange(.tooManyRequests) }
        #expect(other.reads.count == 0)
        #expect(limits(of: .gateway, ["casebook.proxy.addresses": "10.0.0.1, ::1"]).proxies == ["10.0.0.1", "::1"])
        for connection in [proxy, other] { _ = try connection.channel.finish(acceptAlreadyClosed: true) }
    }

    @Test("connections of other processes rest at no refusal, nor does one that ends")
    func restsNowhereElse() throws {
        let inner = try Connection(resting: .zero)
        for _ in 0..<3 { try inner.exchange(.tooManyRequests) }
        #expect(inner.reads.count == 3)
        let ending = try Connection(resting: .milliseconds(250))
        try ending.exchange(.tooManyRequests, ["connection": "close"])
        #expect(ending.reads.count == 1)
        #expect(limits(of: .gateway).refusalRest == .milliseconds(250) && limits(of: .identity).refusalRest == .zero)
        for connection in [inner, ending] { _ = try connection.channel.finish(acceptAlreadyClosed: true) }
    }

    /// What a process's connections may take where nothing is configured.
    private func limits(
        of service: ServiceName, _ values: [AbsoluteConfigKey: ConfigValue] = [:]
    ) -> ConnectionLimits {
        var settings = Settings(ConfigReader(provider: InMemoryProvider(values: values)), service: service)
        return ServiceConfiguration(&settings, service: service, usesDatabase: false).connections
    }
}
