import FoundationEssentials
package import Models
package import Postgres
import ServiceKit

/// A service's schema as tests migrate it.
package struct MigratedSchema: Sendable {
    /// The service, whose name the schema and its roles carry.
    package let service: ServiceName
    /// Its steps.
    package let migrations: [Migration]

    /// Names a schema.
    package init(_ service: ServiceName, _ migrations: [Migration]) {
        self.service = service
        self.migrations = migrations
    }
}

extension DatabaseTemplate {
    /// An installation without services of its own: roles for all that there are, and the schema `core`.
    package static let core = core(with: [], key: "core")

    /// An installation with schemas of services beside `core`, made as `casebook migrate` makes it, by an administrator
    /// who is no superuser.
    ///
    /// - Parameters:
    ///   - schemas: The schemas, migrated in their order.
    ///   - key: Names the template; one key, one template.
    ///   - change: Changes each step before it is applied, for tests that lay tables out otherwise.
    /// - Returns: The template.
    package static func core(
        with schemas: [MigratedSchema], key: String,
        changing change: @escaping @Sendable (Migration) -> Migration = { $0 }
    ) -> DatabaseTemplate {
        DatabaseTemplate(key: key) { url in
            try await insisting { try await makeAdministrator(url) }
            let administrator = url.replacing("//postgres@", with: "//casebook_admin@")
            try await insisting {
                try await lend(administrator) { database in
                    let passwords = Dictionary(
                        uniqueKeysWithValues: ServiceName.allCases.map { ($0, "secret of \($0)") })
                    try await ClusterRoles(services: passwords, streamPassword: "secret of the stream").apply(
                        to: database)
                }
            }
            let core = (CoreSchema.name, CoreSchema.owner, CoreSchema.migrations)
            for (name, owner, steps) in [core]
                + schemas.map({ schema in
                    (schema.service.rawValue, "\(schema.service.rawValue)_owner", schema.migrations)
                })
            {
                let migrator = Migrator(url: administrator, schema: name, owner: owner, migrations: steps.map(change))
                _ = try await migrator.run()
            }
        }
    }

    /// Roles belong to the cluster: of two templates that are made at once, the later can fail on a role that the other
    /// makes, and succeeds when it is repeated.
    private static func insisting(_ work: () async throws -> Void) async throws {
        for _ in 1..<10 {
            do {
                return try await work()
            } catch is PostgresError {
                continue
            }
        }
        try await work()
    }

    private static func makeAdministrator(_ url: String) async throws {
        try await lend(url) { database in
            _ = try await database.write(
                in: .none,
                """
                DO $$
                BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'casebook_admin') THEN
                        CREATE ROLE casebook_admin LOGIN CREATEROLE;
                    END IF;
                    EXECUTE format('ALTER DATABASE %I OWNER TO casebook_admin', current_database());
                END $$
                """)
        }
    }

    private static func lend(_ url: String, to body: (Database) async throws -> Void) async throws {
        var configuration = DatabaseConfiguration(url: url)
        configuration.pointConnections = 1
        configuration.scanConnections = 0
        configuration.exclusiveConnections = 1
        configuration.hintConnection = false
        let database = Database(configuration: configuration)
        database.start()
        do {
            try await body(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }
}

extension ScratchDatabase {
    /// Opens the driver as a service's own role, under which row-level security is in force.
    package func withService<Value: Sendable>(
        _ service: ServiceName = .identity, observer: (any DatabaseObserver)? = nil, pointConnections: Int = 2,
        exclusiveConnections: Int = 3, isolation: isolated (any Actor)? = #isolation,
        _ body: (Database) async throws -> Value
    ) async throws -> Value {
        try await withDatabase(
            observer: observer,
            configure: { configuration in
                configuration.url = url(user: service.rawValue)
                configuration.pointConnections = pointConnections
                configuration.exclusiveConnections = exclusiveConnections
            }, body)
    }
}
