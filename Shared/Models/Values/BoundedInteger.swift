/// A whole number on the wire with a range of its own.
package protocol BoundedInteger: SchemaDescribed, Hashable, Sendable {
    /// What the number may be.
    static var range: ClosedRange<Int> { get }
    /// The number.
    var value: Int { get }
    /// Takes a number that was validated.
    init(value: Int)
}

extension BoundedInteger {
    /// Reads the number from JSON.
    package init(from decoder: any Decoder) throws {
        self.init(value: try decoder.singleValueContainer().decode(Int.self))
    }

    /// Writes the number as JSON.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    /// An integer within the range.
    package static var schema: Schema { .integer(Int64(range.lowerBound)...Int64(range.upperBound)) }
    /// The least.
    package static var sample: Self { Self(value: range.lowerBound) }
}

/// A part of a whole: 0 to 100.
package struct Percent: BoundedInteger {
    /// What the number may be.
    package static let range = 0...100
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// How long people work on something: 1 second to 1,000 hours.
package struct WorkSeconds: BoundedInteger {
    /// What the number may be.
    package static let range = 1...3_600_000
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}
