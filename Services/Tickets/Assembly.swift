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
            step("m0003_search_reading", PackageResources.m0003_search_reading_sql),
            step("m0004_published_ticket", PackageResources.m0004_published_ticket_sql),
            step("m0005_work_item", PackageResources.m0005_work_item_sql),
            step("m0006_work_index", PackageResources.m0006_work_index_sql),
        ]
    }

    /// What tickets is configured with besides ``ServiceConfiguration``: nothing.
    struct Configuration: Sendable {}

    static func configuration(_ settings: inout Settings) -> Configuration { Configuration() }

    static func assemble(_ base: ServiceBase<Configuration>) async throws -> Assembly {
        let database = base.database
        let jobs = BulkJobs(
            TicketJobs(database: database), Tickets.jobs, of: name, database: database, clock: base.clock,
            logger: base.logger)
        return Assembly(
            routes: routeTable(
                tickets: TicketRoutes(database: database), queue: QueueRoutes(database: database),
                history: HistoryRoutes(database: database), categories: CategoryRoutes(database: database), jobs: jobs),
            workers: NameRefresh(
                CopiedName.ofTickets, of: name, database: database, logger: base.logger,
                effects: [.ticket: TicketWords.learn]
            ).workers + [jobs.worker, IdempotencySweeper(database: database, logger: base.logger)])
    }

    static func seedObstacle(_ request: SeedRequest, in database: Database) async throws -> String? {
        let result = try await database.query(
            .scan, in: .workspace(request.workspace),
            """
            SELECT count(*) AS tickets
            FROM (SELECT 1 FROM tickets.ticket WHERE workspace_id = \(request.workspace) LIMIT 1) AS first
            """)
        let hasTickets = try result.value("tickets", as: Int64.self) > 0
        return hasTickets ? "The workspace has tickets already." : nil
    }

    static func seed(
        _ request: SeedRequest, in database: Database, progress: @escaping @Sendable (SeedProgress) -> Void
    ) async throws {
        try await TicketSeed(database: database, request: request).write(progress: progress)
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
