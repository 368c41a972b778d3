import Foundation
import Models
import Postgres
import ServiceKit

/// Checks of a running installation: the database, its clock and schemas, and every service.
struct ServiceChecks: Sendable {
    let known: KnownInstallation

    /// What is found out by asking, each question bounded by a few seconds.
    func findings() async -> [Finding] {
        var findings = await databaseFindings()
        for service in Installation.services { findings.append(await readiness(of: service)) }
        return findings
    }

    /// Whether the database answers, its clock and the schema `core`.
    func databaseFindings() async -> [Finding] {
        var configuration = DatabaseConfiguration(url: known.environment.administratorURL)
        configuration.applicationName = "casebook-doctor"
        configuration.pointConnections = 1
        configuration.scanConnections = 1
        configuration.exclusiveConnections = 1
        configuration.hintConnection = false
        let database = Database(configuration: configuration)
        database.start()
        defer { withExtendedLifetime(database) {} }
        let findings: [Finding]
        do {
            let before = Date()
            let rows = try await database.query(
                .point, in: .none,
                """
                SELECT extract(epoch FROM clock_timestamp())::float8 AS now,
                    current_setting('server_version') AS version
                """)
            let now = try rows.value("now", row: 0, as: Double.self)
            let version = try rows.value("version", row: 0, as: String.self)
            let skew = Self.skew(database: now, before: before, after: Date())
            findings =
                [.fine("The database answers (PostgreSQL \(version))."), Self.clock(skewSeconds: skew)]
                + [await core()]
        } catch {
            findings = [
                .failure(
                    "The database does not answer: \(String(reflecting: error)).",
                    remedy: known.installation.settings.databaseURL == nil
                        ? "See its log, \(known.folder.log(of: ManagedProcess.postgresName)), or restart Casebook."
                        : "Check CASEBOOK_DATABASE_URL with: psql \"$CASEBOOK_DATABASE_URL\" -c 'SELECT 1'")
            ]
        }
        await database.close()
        return findings
    }

    private func core() async -> Finding {
        let migrator = Migrator(
            url: known.environment.administratorURL, schema: CoreSchema.name, owner: CoreSchema.owner,
            migrations: CoreSchema.migrations)
        do {
            try await migrator.verify()
            return .fine("The schema core is that of this version.")
        } catch {
            return .failure("\(error).", remedy: "Run: casebook migrate")
        }
    }

    private func readiness(of service: ServiceName) async -> Finding {
        let name = service.rawValue
        guard let url = known.environment.url(of: service) else {
            return .failure("\(name) has no port yet.", remedy: "Start Casebook once: casebook up")
        }
        guard let obstacle = await Readiness.obstacle(at: url) else { return .fine("\(name) is ready at \(url).") }
        return .failure(
            "\(name) is not ready: \(obstacle).",
            remedy: "See its log, \(known.folder.log(of: name)); a schema that is behind is mended by: casebook migrate"
        )
    }

    /// How far the database's clock is from ours, in seconds; 0 when it lies between the question and the answer.
    static func skew(database: Double, before: Date, after: Date) -> Double {
        if database < before.timeIntervalSince1970 { return database - before.timeIntervalSince1970 }
        return max(0, database - after.timeIntervalSince1970)
    }

    /// Services decide times by their own clocks; timers and leases run by the database's.
    static func clock(skewSeconds: Double) -> Finding {
        let text = "\((abs(skewSeconds) * 10).rounded() / 10) s"
        let remedy = "Let both machines follow a time server (systemd-timesyncd or chrony)."
        if abs(skewSeconds) > 30 { return .failure("The database's clock is \(text) off.", remedy: remedy) }
        if abs(skewSeconds) > 1 { return .warning("The database's clock is \(text) off.", remedy: remedy) }
        return .fine("The database's clock agrees with this machine's.")
    }
}
