/// Where something stands in an order that people change: a text between any two of which there is always a third, so
/// that moving one thing writes one row.
///
/// The digits of a fraction to the base of 62, ordered by their bytes: at least eight, and no zero at the end of more.
/// Things put at either end lie `step` apart and stay short; a place in the middle halves what is left.
struct BoardRank: Hashable, Comparable, Sendable {
    /// The digits, 8 to 200 of them.
    let text: String

    /// A rank from here on is worth giving its neighbours new ones.
    static let comfortableLength = 100
    /// How many digits every rank has at least: 62^8 places, of which ends take one in a million.
    private static let leastLength = 8
    private static let step: Int64 = 1 << 20
    private static let base: Int64 = 62
    private static let places: Int64 = 218_340_105_584_896
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The rank of the first thing.
    static let first = BoardRank(place: places / 2)

    /// Takes a rank as the table holds it.
    init(text: String) {
        self.text = text
    }

    private init(place: Int64) {
        var rest = place
        var bytes: [UInt8] = []
        for _ in 0..<Self.leastLength {
            bytes.append(Self.digits[Int(rest % Self.base)])
            rest /= Self.base
        }
        text = String(decoding: bytes.reversed(), as: UTF8.self)
    }

    /// Orders by bytes, as the table's collation does.
    static func < (left: BoardRank, right: BoardRank) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// A rank between two that differ, or beyond one; `lower` must be less than `upper`.
    static func between(_ lower: BoardRank?, _ upper: BoardRank?) -> BoardRank {
        switch (lower, upper) {
        case (nil, nil): return first
        case (let lower?, nil):
            let place = lower.place + step
            return place < places ? BoardRank(place: place) : middle(lower.values, [])
        case (nil, let upper?):
            let place = upper.place - step
            return place > 0 ? BoardRank(place: place) : middle([], upper.values)
        case (let lower?, let upper?): return middle(lower.values, upper.values)
        }
    }

    /// So many ranks between two, in order and evenly apart.
    static func spread(_ count: Int, between lower: BoardRank?, _ upper: BoardRank?) -> [BoardRank] {
        guard count > 0 else { return [] }
        let middle = between(lower, upper)
        let left = count / 2
        return spread(left, between: lower, middle) + [middle] + spread(count - left - 1, between: middle, upper)
    }

    /// The first digits as a number.
    private var place: Int64 { values.prefix(Self.leastLength).reduce(0) { $0 * Self.base + Int64($1) } }

    private var values: [Int] {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39: Int(byte) - 0x30
            case 0x41...0x5A: Int(byte) - 0x41 + 10
            default: Int(byte) - 0x61 + 36
            }
        }
    }

    /// Halves the room between two fractions; an empty `upper` is one.
    private static func middle(_ lower: [Int], _ upper: [Int]) -> BoardRank {
        var values: [Int] = []
        var isOpen = upper.isEmpty
        while true {
            let index = values.count
            let low = index < lower.count ? lower[index] : 0
            let high = isOpen ? Int(base) : index < upper.count ? upper[index] : 0
            if high - low > 1 {
                values.append((low + high) / 2)
                break
            }
            if high != low { isOpen = true }
            values.append(low)
        }
        while values.count < leastLength { values.append(0) }
        return BoardRank(text: String(decoding: values.map { digits[$0] }, as: UTF8.self))
    }
}
