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
    package let word: Text<SnakeCaseWord>
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
    package let word: Text<SnakeCaseWord>
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
package struct ReopenWindowDays: BoundedInteger {
    /// What the number may be.
    package static let range = 0...365
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}
