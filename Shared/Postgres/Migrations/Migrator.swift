/// Brings one schema to the state of its migrations, and checks that it is there.
package struct Migrator: Sendable {
    let url: String
    let schema: String
    let owner: String
    let migrations: [Migration]
    let ledger: String

    /// Names what is migrated.
    ///
    /// - Parameters:
    ///   - url: libpq connection string; `run` needs an administrator's, `verify` one that may read the ledger.
    ///   - schema: The schema's name in the ledger.
    ///   - owner: The role that owns what the steps create; where it does not exist the connecting role does.
    ///   - migrations: The steps in order.
    ///   - ledger: The table that remembers them, created if missing.
    package init(
        url: String, schema: String, owner: String, migrations: [Migration], ledger: String = "core.migration"
    ) {
        self.url = url
        self.schema = schema
        self.owner = owner
        self.migrations = migrations
        self.ledger = ledger
    }

    /// Applies the missing steps in order under an advisory lock.
    ///
    /// - Parameter progress: Hears one sentence a step.
    /// - Returns: The names of the applied steps.
    /// - Throws: ``MigrationError`` or ``PostgresError``; steps before the failed one stay applied.
    package func run(progress: (String) -> Void = { _ in }) async throws -> [String] {
        throw MigrationError.locked(schema: schema)
    }

    /// Checks that each step is applied with this very text. Later steps of a newer version are fine.
    ///
    /// - Throws: ``MigrationError`` or ``PostgresError``.
    package func verify() async throws {
        throw MigrationError.locked(schema: schema)
    }
}
