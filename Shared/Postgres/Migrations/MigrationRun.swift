import Glibc

/// One run over the migrations of a schema, on a thread that may block.
struct MigrationRun: ~Copyable {
    /// How long a step's locks are waited for, each time: a longer wait would queue all traffic behind it.
    private static let lockTimeout = "200ms"
    /// The same for what is done concurrently: it waits for old transactions, and nobody who reads or writes queues
    /// behind it.
    private static let concurrentLockTimeout = "60s"
    /// How often a step is tried; with the waits between, about 30 s.
    private static let attempts = 60
    /// How often a step is tried that is done concurrently, about ten minutes.
    private static let concurrentAttempts = 10
    /// How often the runners' lock is asked for; with the waits between, about two minutes.
    private static let lockAttempts = 1_200
    private static let waitMicroseconds: UInt32 = 100_000

    private let migrator: Migrator
    private let session: MigrationSession
    private let progress: (String) -> Void

    init(migrator: Migrator, progress: @escaping (String) -> Void) throws(PostgresError) {
        self.migrator = migrator
        self.progress = progress
        session = try MigrationSession(url: migrator.url)
    }

    /// Applies what is missing, and answers its names.
    borrowing func apply() throws -> [String] {
        try lock()
        try createLedger()
        let owner = try existingOwner()
        try createSchema(migrator.schema, owner: owner)
        let missing = try missingSteps(applied: appliedSteps())
        for step in missing {
            if step.isOutsideTransaction {
                try applyOutsideTransaction(step, owner: owner)
            } else {
                try retryingLocks { () throws(PostgresError) in try apply(step, owner: owner) }
            }
            progress("schema \(migrator.schema): applied \(step.name)")
        }
        return missing.map(\.name)
    }

    /// Throws unless all steps are applied with these texts.
    borrowing func verify() throws {
        let exists = try session.run("SELECT to_regclass($1)::text", [ledgerTable])
        let applied = exists.first?.first?.isEmpty ?? true ? [:] : try appliedSteps()
        let missing = try missingSteps(applied: applied)
        guard missing.isEmpty else {
            throw MigrationError.behind(schema: migrator.schema, missing: missing.map(\.name))
        }
    }

    // MARK: The ledger

    private var ledgerParts: [String] {
        migrator.ledger.split(separator: ".", maxSplits: 1).map { String($0) }
    }

    private var ledgerTable: String {
        ledgerParts.map(\.quotedIdentifier).joined(separator: ".")
    }

    /// One runner at a time in a database: the session keeps the lock until it ends.
    private borrowing func lock() throws {
        for _ in 0..<Self.lockAttempts {
            let answer = try session.run(
                "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", ["casebook migrations " + migrator.ledger])
            if answer.first?.first == "t" { return }
            usleep(Self.waitMicroseconds)
        }
        throw MigrationError.locked(schema: migrator.schema)
    }

    private borrowing func createLedger() throws(PostgresError) {
        let exists = try session.run("SELECT to_regclass($1)::text", [ledgerTable])
        guard exists.first?.first?.isEmpty ?? true else { return }
        if ledgerParts.count == 2 {
            let owner = ledgerParts[0] == migrator.schema ? try existingOwner() : nil
            try createSchema(ledgerParts[0], owner: owner)
        }
        // Names and digests are no secret, and each service reads its own lines when it starts.
        try session.run(
            """
            CREATE TABLE \(ledgerTable) (
                schema text NOT NULL,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (schema, name)
            );
            GRANT SELECT ON \(ledgerTable) TO PUBLIC
            """)
    }

    private borrowing func createSchema(_ name: String, owner: String?) throws(PostgresError) {
        let authorization = owner.map { " AUTHORIZATION \($0.quotedIdentifier)" } ?? ""
        let exists = try session.run("SELECT 1 FROM pg_namespace WHERE nspname = $1", [name])
        if exists.isEmpty { try session.run("CREATE SCHEMA \(name.quotedIdentifier)\(authorization)") }
    }

    /// The applied steps' digests by name.
    private borrowing func appliedSteps() throws(PostgresError) -> [String: String] {
        let rows = try session.run("SELECT name, checksum FROM \(ledgerTable) WHERE schema = $1", [migrator.schema])
        var applied: [String: String] = [:]
        for row in rows { applied[row[0]] = row[1] }
        return applied
    }

    /// The steps to apply, after a look at the others' digests and at the order.
    private borrowing func missingSteps(applied: [String: String]) throws -> [Migration] {
        var missing: [Migration] = []
        for step in migrator.migrations {
            guard let digest = applied[step.name] else {
                missing.append(step)
                continue
            }
            if let earlier = missing.first {
                throw MigrationError.outOfOrder(schema: migrator.schema, name: earlier.name)
            }
            guard try digest == checksum(of: step) else {
                throw MigrationError.edited(schema: migrator.schema, name: step.name)
            }
        }
        return missing
    }

    private borrowing func checksum(of step: Migration) throws(PostgresError) -> String {
        try session.run("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", [step.sql]).first?.first ?? ""
    }

    // MARK: Steps

    private borrowing func existingOwner() throws(PostgresError) -> String? {
        let found = try session.run("SELECT 1 FROM pg_roles WHERE rolname = $1", [migrator.owner])
        if found.isEmpty { progress("role \(migrator.owner) does not exist: the connecting role owns what is created") }
        return found.isEmpty ? nil : migrator.owner
    }

    private borrowing func apply(_ step: Migration, owner: String?) throws(PostgresError) {
        try session.run("BEGIN; SET LOCAL lock_timeout = '\(Self.lockTimeout)'")
        do throws(PostgresError) {
            if let owner { try session.run("SET LOCAL ROLE \(owner.quotedIdentifier)") }
            try session.run(step.sql)
            try session.run("RESET ROLE")
            try note(step)
            try session.run("COMMIT")
        } catch {
            _ = try? session.run("ROLLBACK")
            throw error
        }
    }

    private borrowing func applyOutsideTransaction(_ step: Migration, owner: String?) throws(PostgresError) {
        let lockTimeout = step.isConcurrent ? Self.concurrentLockTimeout : Self.lockTimeout
        try session.run("SET lock_timeout = '\(lockTimeout)'")
        if let owner { try session.run("SET ROLE \(owner.quotedIdentifier)") }
        do throws(PostgresError) {
            try retryingLocks(step.isConcurrent ? Self.concurrentAttempts : Self.attempts) {
                () throws(PostgresError) in
                try dropUnfinishedIndexes()
                try runUnlessBuilt(step)
            }
            try session.run("RESET ROLE; RESET lock_timeout")
        } catch {
            _ = try? session.run("RESET ROLE; RESET lock_timeout")
            throw error
        }
        try note(step)
    }

    /// Runs a step, unless it makes an index that is there and valid: the server finishes one whose runner has died.
    private borrowing func runUnlessBuilt(_ step: Migration) throws(PostgresError) {
        do throws(PostgresError) {
            try session.run(step.sql)
        } catch {
            // 42P07: duplicate_table, which indexes are too (PostgreSQL's manual, appendix A).
            guard error.sqlState == "42P07", let index = step.concurrentIndex else { throw error }
            let built = try session.run(
                """
                SELECT 1 FROM pg_index AS i
                JOIN pg_class AS c ON c.oid = i.indexrelid
                JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relname = $2 AND i.indisvalid AND i.indrelid = to_regclass($3)
                """, [migrator.schema, index.name, index.table])
            guard !built.isEmpty else { throw error }
            progress("schema \(migrator.schema): \(step.name) was done by a runner that did not note it")
        }
    }

    /// An index whose building broke off stays, serves nothing and bears its name: "Building Indexes Concurrently" in
    /// PostgreSQL's manual, CREATE INDEX.
    private borrowing func dropUnfinishedIndexes() throws(PostgresError) {
        let unfinished = try session.run(
            """
            SELECT c.relname FROM pg_index AS i
            JOIN pg_class AS c ON c.oid = i.indexrelid
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND NOT i.indisvalid AND c.relkind = 'i'
            """, [migrator.schema])
        for row in unfinished {
            try session.run(
                "DROP INDEX CONCURRENTLY \(migrator.schema.quotedIdentifier).\(row[0].quotedIdentifier)")
        }
    }

    private borrowing func note(_ step: Migration) throws(PostgresError) {
        try session.run(
            "INSERT INTO \(ledgerTable) (schema, name, checksum) VALUES ($1, $2, $3)",
            [migrator.schema, step.name, checksum(of: step)])
    }

    private func retryingLocks(
        _ attempts: Int = Self.attempts, _ work: () throws(PostgresError) -> Void
    ) throws(PostgresError) {
        for _ in 1..<attempts {
            do throws(PostgresError) {
                return try work()
            } catch {
                guard error.code == .lockTimeout || error.isDeadlock else { throw error }
            }
            usleep(Self.waitMicroseconds + UInt32.random(in: 0...Self.waitMicroseconds * 3))
        }
        try work()
    }
}
