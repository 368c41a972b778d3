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
    ///   - migrations: The steps in the order of their names.
    ///   - ledger: The table that remembers them, `schema.table`, created if missing.
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
    /// Blocks a thread of its own, not the cooperative pool.
    ///
    /// Each step is one transaction with its line in the ledger, runs as the owner with a `lock_timeout` of 200 ms, and
    /// is tried again while locks are not to be had.
    ///
    /// - Parameter progress: Hears one sentence a step.
    /// - Returns: The names of the applied steps.
    /// - Throws: ``MigrationError`` or ``PostgresError``; steps before the failed one stay applied.
    package func run(progress: (String) -> Void = { _ in }) async throws -> [String] {
        try checkNames()
        let (lines, source) = AsyncStream.makeStream(of: String.self)
        async let applied = blocking { () throws -> [String] in
            defer { source.finish() }
            return try MigrationRun(migrator: self) { source.yield($0) }.apply()
        }
        for await line in lines { progress(line) }
        return try await applied
    }

    /// Checks that each step is applied with this very text.
    ///
    /// Later steps of a newer version are fine.
    ///
    /// - Throws: ``MigrationError`` or ``PostgresError``.
    package func verify() async throws {
        try checkNames()
        try await blocking {
            try MigrationRun(migrator: self) { _ in }.verify()
        }
    }

    private func checkNames() throws(MigrationError) {
        for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.name >= later.name {
            throw .unordered(schema: schema, name: later.name)
        }
    }

    private func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let outcome: Result<Value, any Error> = await Caller.wait { caller in
            Thread.start(name: "pg-migrate") { caller.answer(Result { try work() }) }
        }
        return try outcome.get()
    }
}
