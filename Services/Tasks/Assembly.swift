import Models
import Postgres
import ServiceKit

/// What makes this process `tasks`.
enum TasksDefinition: ServiceDefinition {
    static let name = ServiceName.tasks
    static let usesDatabase = true

    static var migrations: [Migration] {
        [
            step("m0001_task", PackageResources.m0001_task_sql),
            step("m0002_wall_clock", PackageResources.m0002_wall_clock_sql),
            step("m0003_parts", PackageResources.m0003_parts_sql),
            step("m0007_project", PackageResources.m0007_project_sql),
            step("m0010_work_item", PackageResources.m0010_work_item_sql),
            step("m0011_work_index", PackageResources.m0011_work_index_sql),
            step("m0030_reminder", PackageResources.m0030_reminder_sql),
            step("m0031_template", PackageResources.m0031_template_sql),
        ]
    }

    /// What tasks is configured with besides ``ServiceConfiguration``: nothing.
    struct Configuration: Sendable {}

    static func configuration(_ settings: inout Settings) -> Configuration { Configuration() }

    static func assemble(_ base: ServiceBase<Configuration>) async throws -> Assembly {
        let database = base.database
        return Assembly(
            routes: routeTable(
                tasks: TaskRoutes(database: database), history: HistoryRoutes(database: database),
                projects: ProjectRoutes(database: database), plans: PlanRoutes(database: database),
                parts: PartRoutes(database: database)),
            workers: [
                IdempotencySweeper(database: database, logger: base.logger),
                TimerWorker(
                    store: TimerStore(database: database, service: .tasks),
                    handlers: [ReminderStore(database: database).handler], logger: base.logger),
            ])
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
