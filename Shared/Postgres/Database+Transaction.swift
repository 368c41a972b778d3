extension Database {
    /// Lends a connection to `body` for one transaction, committed when `body` returns and undone when it throws.
    ///
    /// BEGIN and the settings travel with the first statement. If a statement failed and `body` returned all the same,
    /// the transaction cannot commit and that statement's error is thrown.
    ///
    /// - Throws: What `body` throws, or ``PostgresError``; code `outcomeUnknown` when COMMIT was sent and not answered.
    package func transaction<Value: Sendable>(
        in scope: Scope, _ options: TransactionOptions = .init(), file: String = #fileID, line: Int = #line,
        isolation: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        let site = CallSite(file: file, line: line)
        let prelude = try TransactionPrelude(options, scope, self)
        let lease = try await located(site) { () async throws(PostgresError) in
            try await engine.acquire(prelude, deadline: options.deadline)
        }
        let transaction = Transaction(lease: lease, database: self)
        let value: Value
        do {
            value = try await body(transaction)
        } catch {
            await engine.rollback(lease)
            throw error
        }
        try await located(site) { () async throws(PostgresError) in
            try await engine.commit(lease)
        }
        transaction.hints.send(through: self)
        return value
    }

    private func located<Value: Sendable>(
        _ site: CallSite, isolation: isolated (any Actor)? = #isolation,
        _ work: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do throws(PostgresError) {
            return try await work()
        } catch {
            throw error.at(site, statement: "transaction")
        }
    }
}
