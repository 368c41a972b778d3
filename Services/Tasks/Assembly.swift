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
            step("m0004_project", PackageResources.m0004_project_sql),
            step("m0005_work_item", PackageResources.m0005_work_item_sql),
            step("m0006_work_index", PackageResources.m0006_work_index_sql),
            step("m0007_delegated_index", PackageResources.m0007_delegated_index_sql),
            step("m0008_reminder", PackageResources.m0008_reminder_sql),
            step("m0009_template", PackageResources.m0009_template_sql),
            step("m0010_series", PackageResources.m0010_series_sql),
            step("m0011_calendar_feed", PackageResources.m0011_calendar_feed_sql),
            step("m0012_series_names", PackageResources.m0012_series_names_sql),
            step("m0013_zone_name", PackageResources.m0013_zone_name_sql),
        ]
    }

    /// What tasks is configured with besides ``ServiceConfiguration``: nothing.
    struct Configuration: Sendable {}

    static func configuration(_ settings: inout Settings) -> Configuration { Configuration() }

    static func assemble(_ base: ServiceBase<Configuration>) async throws -> Assembly {
        let database = base.database
        let jobs = BulkJobs(
            TaskJobs(database: database), Tasks.jobs, of: name, database: database, clock: base.clock,
            logger: base.logger)
        return Assembly(
            routes: jobs.routes
                + routeTable(
                    TaskHandlers(
                        tasks: TaskRoutes(database: database), queue: QueueRoutes(database: database),
                        history: HistoryRoutes(database: database), kinds: KindRoutes(database: database),
                        projects: ProjectRoutes(database: database), plans: PlanRoutes(database: database),
                        parts: PartRoutes(database: database)))
                + SeriesRoutes(database: database).table
                + CalendarRoutes(database: database, publicURL: base.service.publicURL).table,
            workers: NameRefresh(CopiedName.ofTasks, of: name, database: database, logger: base.logger).workers + [
                jobs.worker, IdempotencySweeper(database: database, logger: base.logger),
                TimerWorker(
                    store: TimerStore(database: database, service: .tasks),
                    handlers: [ReminderStore(database: database).handler, SeriesWork.handler], logger: base.logger),
            ])
    }

    static func seedObstacle(_ request: SeedRequest, in database: Database) async throws -> String? {
        let result = try await database.query(
            .scan, in: .workspace(request.workspace),
            """
            SELECT count(*) AS tasks
            FROM (SELECT 1 FROM tasks.task WHERE workspace_id = \(request.workspace) LIMIT 1) AS first
            """)
        return try result.value("tasks", as: Int64.self) > 0 ? "The workspace has tasks already." : nil
    }

    static func seed(
        _ request: SeedRequest, in database: Database, progress: @escaping @Sendable (SeedProgress) -> Void
    ) async throws {
        try await TaskSeed(database: database, request: request).write(progress: progress)
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
