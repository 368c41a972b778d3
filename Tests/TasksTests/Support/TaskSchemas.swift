import Models
import ServiceKit
import TestSupport

@testable import Customers
@testable import Identity
@testable import Tasks
@testable import Tickets

extension MigratedSchema {
    /// What tasks read and write: the schemas whose published views they use, and their own.
    static let ofTasks = [
        MigratedSchema(.identity, IdentityDefinition.migrations),
        MigratedSchema(.customers, CustomersDefinition.migrations),
        MigratedSchema(.tickets, TicketsDefinition.migrations),
        MigratedSchema(.tasks, TasksDefinition.migrations),
    ]
}

extension DatabaseTemplate {
    /// An installation with tasks and what they need.
    static let tasks = DatabaseTemplate.core(with: MigratedSchema.ofTasks, key: "tasks")
}
