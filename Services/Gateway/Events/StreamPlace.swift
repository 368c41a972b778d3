import Models
import ServiceKit

/// How far one reader has come: all up to a point, and some entries ahead of it.
///
/// Entries become visible when their transactions commit, which is not the order of the stream. What lies below the
/// oldest transaction still running is final: nothing can come to stand before it. A reader is not kept waiting for
/// that: it is sent what is visible, and its place remembers what was sent ahead of the final point. So a place says
/// exactly what its reader has been sent, and whoever continues from it misses nothing and gets nothing twice, at any
/// copy of the gateway.
struct StreamPlace: Hashable, Sendable {
    /// The most entries that are sent ahead in a workspace; what follows waits until it is final.
    static let aheadLimit = 64

    /// All up to here was sent.
    var point: StreamPoint
    /// The marks of what was sent beyond it.
    var ahead: [UInt64] = []

    /// Goes over what a look at the stream has found.
    ///
    /// - Parameters:
    ///   - rows: All visible entries of the reader's workspace beyond the point from which the look began, in order; it
    ///     began no further than this place.
    ///   - end: Up to where the look's entries are final.
    ///   - send: Called for each entry that is new to the reader, with the place after it.
    mutating func advance(over rows: [StreamEntry], to end: StreamPoint, _ send: (StreamEntry, StreamPlace) -> Void) {
        for row in rows where row.point > point {
            let known = ahead.firstIndex(of: row.point.mark)
            if row.point <= end {
                point = row.point
                if let known { ahead.remove(at: known) } else { send(row, self) }
            } else if known == nil, ahead.count < Self.aheadLimit {
                ahead.append(row.point.mark)
                send(row, self)
            }
        }
        point = max(point, end)
    }
}

extension StreamPlace {
    private static let version: UInt8 = 1

    /// The place as an event's id: opaque, at most 574 characters of base64url.
    var eventID: String {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(25 + 6 * ahead.count)
        for word in [point.xid, point.high, point.low] { Self.append(word, count: 8, to: &bytes) }
        for mark in ahead { Self.append(mark, count: 6, to: &bytes) }
        return Base64URL.encode(bytes)
    }

    /// Reads an event's id; `nil` when it is none of ours.
    init?(eventID: String) {
        guard eventID.utf8.count <= 600, let bytes = Base64URL.decode(eventID), bytes.first == Self.version,
            bytes.count >= 25, (bytes.count - 25) % 6 == 0
        else { return nil }
        func word(_ start: Int, _ count: Int) -> UInt64 {
            bytes[start..<(start + count)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        let ahead = stride(from: 25, to: bytes.count, by: 6).map { word($0, 6) }
        guard ahead.count <= Self.aheadLimit else { return nil }
        self.init(point: StreamPoint(xid: word(1, 8), high: word(9, 8), low: word(17, 8)), ahead: ahead)
    }

    private static func append(_ word: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * index))) }
    }
}
