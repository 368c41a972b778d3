package import FoundationEssentials

/// The id of one record of a kind: a UUID, version 7, made by the service that creates the record.
///
/// The kind is part of the type, so a team's id cannot be passed where a user's is wanted.
/// Ids sort by the millisecond in which they were made (RFC 9562, section 5.7).
package struct ID<Entity>: Hashable, Sendable, RawRepresentable {
    /// The id as a bare UUID, for the wire and for SQL only.
    package let rawValue: UUID

    /// Takes an id that exists already.
    package init(rawValue: UUID) {
        self.rawValue = rawValue
    }

    /// Makes a new id whose first 48 bits are the milliseconds of `instant` and whose other free 74 bits are random.
    package static func make(at instant: Timestamp) -> ID {
        var generator = SystemRandomNumberGenerator()
        return make(at: instant, using: &generator)
    }

    /// Makes a new id from a given source of randomness, for tests and seeds that repeat.
    package static func make(at instant: Timestamp, using generator: inout some RandomNumberGenerator) -> ID {
        make(at: instant, random: (generator.next(), generator.next()))
    }

    /// Makes a new id from two words of randomness, of which 74 bits count.
    package static func make(at instant: Timestamp, random: (UInt64, UInt64)) -> ID {
        let milliseconds = UInt64(clamping: instant.microseconds / 1_000) & 0xFFFF_FFFF_FFFF
        let high = milliseconds << 16 | 0x7000 | (random.0 & 0xFFF)
        let low = 1 << 63 | (random.1 & (1 << 62 - 1))
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        return ID(
            rawValue: UUID(
                uuid: (
                    byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                    byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                    byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                    byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
                )))
    }
}

extension ID: LosslessStringConvertible {
    /// Reads the canonical 36-character form, in either case; `nil` for anything else.
    package init?(_ description: String) {
        guard let uuid = UUIDText.uuid(description) else { return nil }
        self.init(rawValue: uuid)
    }

    /// The canonical form in lower case, as PostgreSQL writes it.
    package var description: String { UUIDText.text(rawValue) }
}

extension ID: Comparable {
    /// Orders by bytes, which for version 7 is by time of making.
    package static func < (left: ID, right: ID) -> Bool { left.rawValue < right.rawValue }
}

extension ID: Codable {
    /// Reads the id from a JSON string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` when the string is no UUID.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = ID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID")
        }
        self = id
    }

    /// Writes the id as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ID: SchemaDescribed {
    /// The canonical form as a regular expression (ECMA-262), to stand within others.
    static var pattern: String { "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}" }

    /// A string of the format `uuid`.
    package static var schema: Schema {
        .text(
            TextSchema(length: 36...36, format: "uuid") { UUIDText.uuid($0) == nil ? "must be a UUID" : nil })
    }

    /// The id of all zeros, which no record has.
    package static var sample: ID { ID(rawValue: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))) }
}
