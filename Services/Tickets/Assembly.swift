import Models
import Postgres
import ServiceKit

/// What makes this process `tickets`.
enum TicketsDefinition: ServiceDefinition {
    static let name = ServiceName.tickets
    static let usesDatabase = true

    static var migrations: [Migration] {
        [
            step("m0001_ticket", PackageResources.m0001_ticket_sql),
            step("m0002_search", PackageResources.m0002_search_sql),
        ]
    }

    static func configuration(_ settings: inout Settings) -> TicketsConfiguration {
        TicketsConfiguration(&settings)
    }

    static func assemble(_ base: ServiceBase<TicketsConfiguration>) async throws -> Assembly {
        let database = base.database
        return Assembly(
            routes: routeTable(
                tickets: TicketRoutes(database: database), queue: QueueRoutes(database: database),
                history: HistoryRoutes(database: database), categories: CategoryRoutes(database: database)),
            workers: LabelRefresh(database: database, logger: base.logger).workers + [
                IdempotencySweeper(database: database, logger: base.logger)
            ])
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
