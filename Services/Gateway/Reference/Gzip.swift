import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Compresses what is sent many times, once.
///
/// The compressor of swift-nio-extras is a part of a channel, so the bytes go through a channel without a socket.
enum Gzip {
    /// The bytes as gzip (RFC 1952); the bytes themselves when the compressor gives none.
    static func compress(_ bytes: ByteBuffer) -> ByteBuffer {
        let channel = EmbeddedChannel(handler: HTTPResponseCompressor())
        defer { _ = try? channel.finish() }
        var compressed = ByteBuffer()
        do {
            let asked = HTTPRequestHead(
                version: .http1_1, method: .GET, uri: "/", headers: ["accept-encoding": "gzip"])
            try channel.writeInbound(HTTPServerRequestPart.head(asked))
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-type": "text/html"])
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
            try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(bytes)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
            while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
                if case .body(.byteBuffer(var piece)) = part { compressed.writeBuffer(&piece) }
            }
        } catch {
            return bytes
        }
        return compressed.readableBytes > 0 ? compressed : bytes
    }
}
