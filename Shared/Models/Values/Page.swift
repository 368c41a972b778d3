/// One page of a list: the items, and where the next page starts.
package struct Page<Item: Codable & Sendable>: Codable, Sendable {
    /// At most as many as the request's `limit`, in the list's order.
    package let items: [Item]
    /// The cursor of the next page; `nil` on the last one.
    package let nextCursor: String?
    /// How many items there are in all; only where `count=true` asked for it.
    package let total: ListTotal?

    /// Takes a page as it was read.
    package init(items: [Item], nextCursor: String?, total: ListTotal? = nil) {
        self.items = items
        self.nextCursor = nextCursor
        self.total = total
    }
}

/// How many items a list has: exact up to 10,000, and `"10000+"` beyond.
package struct ListTotal: Codable, Hashable, Sendable, SchemaDescribed {
    /// The number of items, at most ``limit``.
    package let count: Int
    /// Whether there are more.
    package let isMore: Bool

    /// The most that are counted.
    package static let limit = 10_000

    /// Takes a count that stopped one above the limit.
    package init(counted: Int) {
        count = min(counted, Self.limit)
        isMore = counted > Self.limit
    }

    /// Reads a number, or the words for more than were counted.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            self.init(counted: number)
        } else {
            _ = try container.decode(String.self)
            self.init(counted: Self.limit + 1)
        }
    }

    /// Writes the number, or `"10000+"`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if isMore { try container.encode("\(Self.limit)+") } else { try container.encode(count) }
    }

    /// A number or a string.
    package static var schema: Schema { .any }
    /// Nothing.
    package static var sample: ListTotal { ListTotal(counted: 0) }
}

/// How many items a page may hold: 1 to 200, 50 when the caller does not say.
package struct PageLimit: BoundedInteger {
    /// The number of items.
    package let value: Int

    /// The limit of a request that names none.
    package static let standard = PageLimit(value: 50)
    /// What a caller may ask for.
    package static let range = 1...200

    /// Takes a limit that was validated.
    package init(value: Int) {
        self.value = value
    }

    /// The standard limit.
    package static var sample: PageLimit { standard }
}
