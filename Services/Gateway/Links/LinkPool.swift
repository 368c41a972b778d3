import Models
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceKit

/// What connections to copies of services may take.
struct LinkLimits: Sendable {
    /// The fewest connections that an event loop works with, however many loops there are.
    static let leastCount = 8

    /// Connections of one event loop to one copy.
    var count = 32
    /// Requests of one event loop to one copy that wait beside those that a link is being opened for.
    var waiting = 64
    /// Until a connection is open.
    var connect: TimeAmount = .seconds(2)
    /// Between two parts of a large answer.
    var part: TimeAmount = .seconds(20)
    /// Until the reader of a large answer takes on, when many of its parts wait for it.
    var reader: TimeAmount = .seconds(30)
}

/// The connections to all copies of all services: each event loop has its own, so that no request changes threads.
final class LinkPool: Sendable {
    private let group: any EventLoopGroup
    private let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopLinks>]

    /// Makes a pool without connections.
    ///
    /// - Parameters:
    ///   - group: The event loops that requests are read on.
    ///   - limits: What the connections may take.
    ///   - tls: What copies at `https` are believed by; `nil` when there are none.
    init(on group: any EventLoopGroup, limits: LinkLimits, tls: NIOSSLContext? = nil) {
        self.group = group
        var loops: [ObjectIdentifier: NIOLoopBoundBox<LoopLinks>] = [:]
        for loop in group.makeIterator() {
            loops[ObjectIdentifier(loop)] = NIOLoopBoundBox.makeBoxSendingValue(
                LoopLinks(on: loop, limits: limits, tls: tls), eventLoop: loop)
        }
        self.loops = loops
    }

    /// Sends a request to a copy of a service.
    ///
    /// - Returns: The answer, whole when it is small.
    /// - Throws: ``LinkFailure``; what reading the request's body throws; `CancellationError`.
    func send(_ request: LinkRequest, to baseURL: String, within limit: Duration) async throws -> LinkAnswer {
        guard case .passing(let body, _) = request.body else {
            return try await answer(to: LinkExchange(request), from: baseURL, within: limit)
        }
        let (channels, placed) = AsyncStream.makeStream(of: (any Channel).self)
        let exchange = LinkExchange(request, placed: placed)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Self.write(body, to: channels, for: exchange) }
            do {
                let answer = try await answer(to: exchange, from: baseURL, within: limit)
                await body.stop()
                return answer
            } catch LinkFailure.unreached {
                // Nothing of the body was read: another copy can have it.
                throw LinkFailure.unreached
            } catch {
                await body.stop()
                throw error
            }
        }
    }

    /// Ends all connections.
    func close() {
        for links in loops.values { links.eventLoop.execute { links.value.close() } }
    }

    private func answer(
        to exchange: LinkExchange, from baseURL: String, within limit: Duration
    ) async throws -> LinkAnswer {
        // On an event loop this is that loop.
        let loop = group.any()
        guard let links = loops[ObjectIdentifier(loop)] else { throw LinkFailure.unreached }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                exchange.begin(waiter, on: loop, within: TimeAmount(limit))
                if loop.inEventLoop {
                    links.value.send(exchange, to: baseURL)
                } else {
                    loop.execute { links.value.send(exchange, to: baseURL) }
                }
            }
        } onCancel: {
            exchange.giveUp(CancellationError())
        }
    }

    /// Writes a body as it comes; each part waits until the one before it was taken.
    private static func write(
        _ body: PassingBody, to channels: AsyncStream<any Channel>, for exchange: LinkExchange
    ) async {
        for await channel in channels {
            do {
                for try await part in body {
                    // When it cannot be written the link ends, and says so itself.
                    guard (try? await channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(part)))) != nil
                    else { return }
                }
                // A body that was stopped is none that has ended.
                guard !exchange.isOver else { return }
                channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            } catch {
                exchange.giveUp(error)
            }
        }
    }
}
