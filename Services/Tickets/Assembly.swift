import Models
import Postgres
import ServiceKit

/// What makes this process `tickets`.
enum TicketsDefinition: ServiceDefinition {
    static let name = ServiceName.tickets
    static let usesDatabase = true

    static var migrations: [Migration] {
        [step("m0001_ticket", PackageResources.m0001_ticket_sql)]
    }

    static func configuration(_ settings: inout Settings) -> TicketsConfiguration {
        TicketsConfiguration(&settings)
    }

    static func assemble(_ base: ServiceBase<TicketsConfiguration>) async throws -> Assembly {
        Assembly(routes: [], workers: [IdempotencySweeper(database: base.database, logger: base.logger)])
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
