/// How a path names a ticket: by its id, or by the case number that people read to each other.
///
/// Neither authorises anything.
package enum TicketReference: Hashable, Sendable, SchemaDescribed, LosslessStringConvertible {
    case id(ID<Ticket>)
    /// Six digits of a date and at least three of the day's count.
    case caseNumber(String)

    /// Reads an id or a case number; `nil` for anything else.
    package init?(_ description: String) {
        if let id = ID<Ticket>(description) {
            self = .id(id)
        } else if (9...15).contains(description.utf8.count),
            description.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        {
            self = .caseNumber(description)
        } else {
            return nil
        }
    }

    /// The id or the case number.
    package var description: String {
        switch self {
        case .id(let id): id.description
        case .caseNumber(let number): number
        }
    }

    /// Reads the reference from a JSON string.
    ///
    /// - Throws: `DecodingError` when it is neither.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let reference = TicketReference(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither an id nor a case number")
        }
        self = reference
    }

    /// Writes the reference as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// A string of either form.
    package static var schema: Schema {
        .text(
            TextSchema(
                length: 9...36, summary: "A ticket's id, or its case number such as 260115001.",
                pattern: "^(\(ID<Ticket>.pattern)|[0-9]{9,15})$"
            ) {
                TicketReference($0) == nil ? "must be a ticket's id or case number" : nil
            })
    }

    /// The id of all zeros.
    package static var sample: TicketReference { .id(.sample) }
}

/// A path that names a ticket.
package struct TicketPath: Codable, Sendable {
    /// The ticket's id or case number.
    package let id: TicketReference

    /// Names a ticket.
    package init(id: TicketReference) {
        self.id = id
    }
}

extension TicketPath: SingleIDPath {
    /// Reads the path; `nil` when the text is neither an id nor a case number.
    package init?(idText: String) {
        guard let reference = TicketReference(idText) else { return nil }
        self.init(id: reference)
    }
}
