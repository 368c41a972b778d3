import Models
import ServiceKit
import TestSupport

@testable import Customers
@testable import Identity
@testable import Tasks
@testable import Tickets

extension MigratedSchema {
    /// What tickets read and write: the schemas whose published views they use, and their own.
    static let ofTickets = [
        MigratedSchema(.identity, IdentityDefinition.migrations),
        MigratedSchema(.customers, CustomersDefinition.migrations),
        MigratedSchema(.tickets, TicketsDefinition.migrations),
        MigratedSchema(.tasks, TasksDefinition.migrations),
    ]
}

extension DatabaseTemplate {
    /// An installation with tickets and what they need.
    static let tickets = DatabaseTemplate.core(with: MigratedSchema.ofTickets, key: "tickets")
}

/// Customers put together on the same database as tickets.
typealias CustomersUnderTest = ServiceUnderTest<CustomersDefinition>
