import ArgumentParser
import Foundation

/// `casebook`, the operator's command.
@main
struct App: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "casebook", abstract: "Runs and looks after a Casebook installation.",
        subcommands: [
            UpCommand.self, MigrateCommand.self, SeedCommand.self, DoctorCommand.self, AdminCommand.self,
            ActivityCommand.self, AuditCommand.self, TicketCommand.self, HealthCommand.self,
        ])

    /// What the environment says; read here and nowhere else.
    static var settings: OperatorSettings { OperatorSettings(environment: ProcessInfo.processInfo.environment) }
}
