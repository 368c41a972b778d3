/// One page of a list: the items, and where the next page starts.
package struct Page<Item: Codable & Sendable>: Codable, Sendable {
    /// At most as many as the request's `limit`, in the list's order.
    package let items: [Item]
    /// The cursor of the next page; `nil` on the last one.
    package let nextCursor: String?

    /// Takes a page as it was read.
    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

/// How many items a page may hold: 1 to 200, 50 when the caller does not say.
package struct PageLimit: Codable, Hashable, Sendable, SchemaDescribed {
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

    /// Reads the limit from a JSON number.
    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes the limit as a JSON number.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    /// An integer from 1 to 200.
    package static var schema: Schema { .integer(1...200) }
    /// The standard limit.
    package static var sample: PageLimit { standard }
}
