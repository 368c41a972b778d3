import Models
import ServiceKit

/// Brings roles and schemas up to this version: roles, the schema `core`, then each service's own migrations.
struct Schemas: Sendable {
    let installation: Installation
    let environment: ServiceEnvironment
    let console: Console

    /// The administrator's connection string.
    var administrator: String {
        installation.settings.databaseURL
            ?? environment.databaseURL(role: EmbeddedCluster.administrator) ?? ""
    }

    /// Runs everything that is missing; a second run changes nothing.
    ///
    /// - Throws: `PostgresError`, or ``CommandFailure`` with the end of what a service's `migrate` said.
    func bringUpToDate() async throws {
        for service in Installation.services where service.ownsSchema {
            try await console.timed("schema \(service.rawValue) up to date") { try await migrate(service) }
        }
    }

    private func migrate(_ service: ServiceName) async throws {
        let name = service.rawValue
        let launch = Launch(
            executable: installation.executable(of: service), arguments: ["migrate"],
            environment: environment.migrating(service, administrator: administrator),
            log: environment.folder.log(of: "\(name)-migrate"), input: .held)
        try await OneOffCommand(launch: launch, limit: .seconds(600)).run()
    }
}
