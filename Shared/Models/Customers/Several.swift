/// How many elements a list in a request may have.
package protocol ListBound: Sendable {
    /// The most elements.
    static var limit: Int { get }
}

/// A list in a request with a bound of its own.
package struct Several<Element: Codable & Sendable, Bound: ListBound>: Codable, Sendable {
    /// The elements in their order.
    package let items: [Element]

    /// Takes elements, at most as many as the bound says.
    package init(_ items: [Element]) {
        self.items = items
    }

    /// Reads the elements from a JSON array that was validated.
    package init(from decoder: any Decoder) throws {
        items = try [Element](from: decoder)
    }

    /// Writes the elements as a JSON array.
    package func encode(to encoder: any Encoder) throws {
        try items.encode(to: encoder)
    }
}

extension Several: SchemaDescribed {
    /// An array of the element's schema, no longer than the bound.
    package static var schema: Schema { .array(Schema.of(Element.self), limit: Bound.limit) }
    /// No elements.
    package static var sample: Several { Several([]) }
}

/// A customer has at most 50 contacts: a form shows them all, and a page of 200 customers stays within an answer.
package enum ContactBound: ListBound {
    /// The most contacts of a customer.
    package static let limit = 50
}

/// An organization has at most 20 domains.
package enum DomainBound: ListBound {
    /// The most domains of an organization.
    package static let limit = 20
}
