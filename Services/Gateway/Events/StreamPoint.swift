import FoundationEssentials

/// A point in the stream of activity: a transaction, and an entry that it wrote.
///
/// The stream is read in this order.
struct StreamPoint: Hashable, Comparable, Sendable {
    /// The transaction's 64-bit id.
    let xid: UInt64
    /// The entry's id, as two words.
    let high: UInt64
    let low: UInt64

    init(xid: UInt64, high: UInt64, low: UInt64) {
        self.xid = xid
        self.high = high
        self.low = low
    }

    init(xid: UInt64, id: UUID) {
        let words = withUnsafeBytes(of: id.uuid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(xid: xid, high: words.0, low: words.1)
    }

    /// After all that the transactions before one have written.
    static func before(_ xid: UInt64) -> StreamPoint {
        StreamPoint(xid: xid == 0 ? 0 : xid - 1, high: .max, low: .max)
    }

    /// The entry's id.
    var id: UUID {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { UUID(uuid: $0.load(as: uuid_t.self)) }
    }

    /// 48 of the entry's 62 random bits, by which a place knows what was sent ahead of it.
    var mark: UInt64 { low & 0xFFFF_FFFF_FFFF }

    static func < (left: StreamPoint, right: StreamPoint) -> Bool {
        (left.xid, left.high, left.low) < (right.xid, right.high, right.low)
    }
}
