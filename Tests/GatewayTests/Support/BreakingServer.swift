import NIOCore
import NIOPosix
import Synchronization

/// A server that takes a request and ends the connection without a word.
enum BreakingServer {
    /// How many requests it has broken off.
    final class Broken: Sendable {
        private let value = Atomic(0)

        var count: Int { value.load(ordering: .relaxed) }

        fileprivate func add() { value.add(1, ordering: .relaxed) }
    }

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let broken: Broken

        init(_ broken: Broken) { self.broken = broken }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            broken.add()
            context.close(promise: nil)
        }
    }

    /// Runs a body while it listens.
    static func listening(_ body: (_ baseURL: String, _ broken: Broken) async throws -> Void) async throws {
        let broken = Broken()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { $0.pipeline.addHandler(Handler(broken)) }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body("http://127.0.0.1:\(channel.localAddress?.port ?? 0)", broken)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

/// Something that a test turns on and off.
final class Switch: Sendable {
    private let value = Atomic(false)

    var isOn: Bool {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }
}
