import Models
import NIOCore

/// What goes over the live stream (HTML Living Standard, section 9.2, "Server-sent events").
enum EventFrames {
    /// Why a stream ends.
    enum Ending: String {
        /// The process stops; another copy goes on.
        case draining
        /// The reader does not take what it is sent.
        case slow
        /// The credential is not valid any more, or its token has ended.
        case credential
    }

    /// The first words: how long to wait before coming back, and the place to come back to.
    static func opening(_ place: StreamPlace) -> ByteBuffer {
        ByteBuffer(string: "retry: \(spread(from: 1_000, over: 2_000))\nid: \(place.eventID)\n\n")
    }

    /// Too much has happened: what the reader shows must be read anew.
    static let reset = ByteBuffer(string: "event: reset\ndata: {}\n\n")

    /// A sign of life that says how far the stream has come.
    static func heartbeat(_ place: StreamPlace) -> ByteBuffer { ByteBuffer(string: "id: \(place.eventID)\n\n") }

    /// The last words.
    static func ending(_ why: Ending) -> ByteBuffer {
        // Not all at once: a copy that stops sends all its readers to the others.
        ByteBuffer(
            string: "retry: \(spread(from: 200, over: 1_800))\nevent: end\ndata: {\"reason\":\"\(why.rawValue)\"}\n\n")
    }

    /// A time in milliseconds that is another for each reader.
    private static func spread(from least: UInt64, over width: UInt64) -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return least + generator.next(upperBound: width)
    }

    /// One change.
    static func append(_ notice: ChangeNotice, after place: StreamPlace, to buffer: inout ByteBuffer) {
        buffer.writeString(
            "id: \(place.eventID)\nevent: change\ndata: {\"kind\":\"\(notice.kind)\",\"id\":\"\(notice.id)\",")
        buffer.writeString("\"version\":\(notice.version)}\n\n")
    }
}
