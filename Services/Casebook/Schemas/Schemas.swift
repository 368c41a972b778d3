import Models
import Postgres
import ServiceKit

/// Brings roles and schemas up to this version: roles, the schema `core`, then each service's own migrations.
struct Schemas: Sendable {
    let installation: Installation
    let environment: ServiceEnvironment
    let console: Console

    /// The administrator's connection string.
    private var administrator: String { environment.administratorURL }

    /// Runs everything that is missing; a second run changes nothing.
    ///
    /// - Throws: ``RefusedByDatabase``, `MigrationError`, or ``CommandFailure`` with the end of what a service's
    ///   `migrate` said.
    func bringUpToDate() async throws {
        try await console.timed("roles and schema core up to date") {
            do {
                try await applyRoles()
                _ = try await core.run()
            } catch let error as PostgresError {
                throw RefusedByDatabase(error: error)
            }
        }
        for service in Installation.services where service.ownsSchema {
            try await console.timed("schema \(service.rawValue) up to date") { try await migrate(service) }
        }
    }

    /// The migrations of `core`.
    private var core: Migrator {
        Migrator(
            url: administrator, schema: CoreSchema.name, owner: CoreSchema.owner, migrations: CoreSchema.migrations)
    }

    private func applyRoles() async throws {
        var passwords: [ServiceName: String] = [:]
        for service in Installation.services where service.ownsSchema {
            passwords[service] = environment.credentials.databasePasswords[service.rawValue]
        }
        let roles = ClusterRoles(
            services: passwords, streamPassword: environment.credentials.databasePasswords["casebook_stream"] ?? "")
        var configuration = DatabaseConfiguration(url: administrator)
        configuration.applicationName = "casebook"
        configuration.pointConnections = 1
        configuration.scanConnections = 1
        configuration.exclusiveConnections = 1
        configuration.hintConnection = false
        let database = Database(configuration: configuration)
        database.start()
        do {
            try await roles.apply(to: database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private func migrate(_ service: ServiceName) async throws {
        let name = service.rawValue
        let launch = Launch(
            executable: installation.executable(of: service), arguments: ["migrate"],
            environment: environment.migrating(service), log: environment.folder.log(of: "\(name)-migrate"),
            input: .held)
        try await OneOffCommand(launch: launch, limit: .seconds(600)).run()
    }
}

/// The database did not do what the administrator's role asked of it.
struct RefusedByDatabase: Error, CustomStringConvertible {
    let error: PostgresError

    /// The operator may read what the server said; clients never see it.
    var description: String {
        error.code == .connectionUnavailable
            ? "The database cannot be reached. Look for the cause with: casebook doctor (\(error.debugDescription))"
            : "The database refused what was asked of it: \(error.debugDescription)"
    }
}
