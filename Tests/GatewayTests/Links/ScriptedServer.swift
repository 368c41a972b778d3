import NIOCore
import NIOPosix
import Synchronization

@testable import Gateway

/// A server that says to each request what a test has written down, byte for byte, and counts its connections.
final class ScriptedServer: Sendable {
    /// What it says to a request.
    enum Word: Sendable {
        case say(String)
        /// Nothing until ``release()``, then this.
        case hold(String)
        /// This, and the end of the connection.
        case sayAndEnd(String)
        /// Bytes without an end.
        case pour(String)
    }

    private struct State {
        var script: [Word]
        var connections = 0
        var open = 0
        var requests = 0
        var poured = 0
        var held: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    /// Takes the words, one for each request; the last is said to all that follow.
    init(_ script: [Word]) { state = Mutex(State(script: script)) }

    /// Connections that were made.
    var connections: Int { state.withLock { $0.connections } }
    /// Connections that are open.
    var open: Int { state.withLock { $0.open } }
    /// Requests that came.
    var requests: Int { state.withLock { $0.requests } }
    /// Bytes of ``Word/pour(_:)`` that the network has taken.
    var poured: Int { state.withLock { $0.poured } }

    /// Says what was held.
    func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for say in held { say() }
    }

    /// Runs a body while it listens.
    func listening(_ body: @Sendable (_ baseURL: String) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [self] in $0.pipeline.addHandler(Talk(self)) }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body("http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    fileprivate func opened() {
        state.withLock { state in
            state.connections += 1
            state.open += 1
        }
    }

    fileprivate func closed() { state.withLock { $0.open -= 1 } }

    fileprivate func asked() -> Word {
        state.withLock { state in
            state.requests += 1
            return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
        }
    }

    fileprivate func hold(_ say: @escaping @Sendable () -> Void) { state.withLock { $0.held.append(say) } }

    fileprivate func poured(_ count: Int) { state.withLock { $0.poured += count } }
}

private final class Talk: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let server: ScriptedServer

    init(_ server: ScriptedServer) { self.server = server }

    func channelActive(context: ChannelHandlerContext) { server.opened() }

    func channelInactive(context: ChannelHandlerContext) { server.closed() }

    /// Requests here are small, and each comes in one read.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        switch server.asked() {
        case .say(let text): channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        case .hold(let text): server.hold { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
        case .sayAndEnd(let text):
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        case .pour(let head):
            channel.writeAndFlush(ByteBuffer(string: head), promise: nil)
            pour(channel)
        }
    }

    private func pour(_ channel: any Channel) {
        let part = ByteBuffer(repeating: 0x61, count: 65_536)
        channel.writeAndFlush(part).whenSuccess { [self] in
            server.poured(part.readableBytes)
            pour(channel)
        }
    }
}
