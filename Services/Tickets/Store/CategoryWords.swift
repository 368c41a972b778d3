import Models
import Postgres
import ServiceKit

extension OwnWords {
    /// A workspace's own categories of tickets.
    static let categories = OwnWords(
        table: "tickets.category", kind: .ticketCategory, singular: "category", plural: "categories")
}

extension OwnWord {
    /// The category as the wire shows it.
    var category: TicketCategory {
        TicketCategory(word: word, name: name, isActive: isActive, isBuiltIn: false, version: version)
    }
}

extension RecordKind {
    /// A workspace's own kind of tickets.
    static let ticketCategory = RecordKind(rawValue: "ticket_category")
    /// A workspace's settings of tickets.
    static let ticketSetting = RecordKind(rawValue: "ticket_setting")
}
