import Models

/// The kinds of ticket that every workspace has.
enum BuiltInCategory: String, CaseIterable {
    case incident
    case request
    case complaint
    case inquiry
    case feedback

    /// What a ticket is when nobody says.
    static let standard = BuiltInCategory.inquiry

    /// The kind as the list shows it.
    var category: TicketCategory {
        TicketCategory(
            word: rawValue, name: rawValue.prefix(1).uppercased() + rawValue.dropFirst(), isActive: true,
            isBuiltIn: true, version: 1)
    }
}
