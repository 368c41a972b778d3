import Models
import Postgres
import ServiceKit

/// What makes this process `customers`.
enum CustomersDefinition: ServiceDefinition {
    static let name = ServiceName.customers
    static let usesDatabase = true

    static var migrations: [Migration] {
        [
            step("m0001_customer", PackageResources.m0001_customer_sql),
            step("m0002_owner_card", PackageResources.m0002_owner_card_sql),
            step("m0003_search", PackageResources.m0003_search_sql),
        ]
    }

    /// What customers is configured with besides ``ServiceConfiguration``: nothing.
    struct Configuration: Sendable {}

    static func configuration(_ settings: inout Settings) -> Configuration { Configuration() }

    static func assemble(_ base: ServiceBase<Configuration>) async throws -> Assembly {
        let database = base.database
        return Assembly(
            routes: routeTable(
                individuals: CustomerRoutes(database: database), organizations: CustomerRoutes(database: database),
                memberships: MembershipRoutes(database: database)),
            workers: [IdempotencySweeper(database: database, logger: base.logger)])
    }

    static func seed(
        _ request: SeedRequest, in database: Database, progress: @escaping @Sendable (SeedProgress) -> Void
    ) async throws {
        try await CustomerSeed(database: database, request: request).write(progress: progress)
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
