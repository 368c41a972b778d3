/// A kind of ticket: one of the five that every workspace has, or one of its own.
package struct TicketCategory: Codable, Sendable {
    /// The word that tickets carry.
    package let word: String
    /// The name that people read.
    package let name: String
    /// Whether new tickets may have it.
    package let isActive: Bool
    /// Whether every workspace has it; such a one cannot be changed.
    package let isBuiltIn: Bool
    /// Counts changes.
    package let version: Int

    /// Takes a category.
    package init(word: String, name: String, isActive: Bool, isBuiltIn: Bool, version: Int) {
        self.word = word
        self.name = name
        self.isActive = isActive
        self.isBuiltIn = isBuiltIn
        self.version = version
    }
}

/// All categories of a workspace: at most 205.
package struct TicketCategoryList: Codable, Sendable {
    /// The built-in ones, then the workspace's own by their words.
    package let items: [TicketCategory]

    /// Takes categories.
    package init(items: [TicketCategory]) {
        self.items = items
    }
}

/// Makes a category.
package struct CreateTicketCategory: Codable, Sendable {
    /// The word that tickets will carry.
    package let word: Text<CategoryWord>
    /// The name that people read.
    package let name: Text<Label>
}

/// Changes a category of the workspace's own.
package struct UpdateTicketCategory: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// Whether new tickets may have it.
    package let isActive: Bool?
}

/// A category by its word.
package struct CategoryPath: Codable, Sendable {
    /// The word.
    package let word: Text<CategoryWord>
}

/// How a workspace works on tickets.
package struct TicketSettings: Codable, Sendable {
    /// For how many days after closing anyone who may write may reopen a ticket; 0 to 365.
    package let reopenWindowDays: Int
    /// Counts changes; 0 while nothing was set.
    package let version: Int

    /// Takes the settings.
    package init(reopenWindowDays: Int, version: Int) {
        self.reopenWindowDays = reopenWindowDays
        self.version = version
    }
}

/// Changes how a workspace works on tickets.
package struct UpdateTicketSettings: MergePatch {
    /// For how many days after closing anyone who may write may reopen a ticket.
    package let reopenWindowDays: ReopenWindowDays?
}

/// A number of days from 0 to 365.
package struct ReopenWindowDays: SchemaDescribed, Sendable {
    /// The number.
    package let value: Int

    /// Reads the number from JSON.
    package init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes the number as JSON.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    private init(value: Int) {
        self.value = value
    }

    /// An integer from 0 to 365.
    package static var schema: Schema { .integer(0...365) }
    /// No day.
    package static var sample: ReopenWindowDays { ReopenWindowDays(value: 0) }
}
