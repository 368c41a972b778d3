package import Models
package import Postgres

/// What a timer is for; each service names its own kinds, and only that service claims them.
package struct TimerKind: RawRepresentable, Hashable, Sendable {
    /// The word in the database: a letter, then at most 39 letters and underscores.
    package let rawValue: String

    /// Takes a word.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// The channel of hints that a timer is due at once.
///
/// `database.hint(TimerHint.channel)` after a commit wakes workers.
package enum TimerHint {
    /// The channel's name.
    package static let channel = "casebook_timer"
}

/// The timers of one service: rows in `core.timer`, one for each kind and subject.
///
/// All times of claims and leases are the database's, so that processes whose clocks differ agree.
package struct TimerStore: Sendable {
    let database: Database
    let service: ServiceName

    /// Takes the database as the role of the service whose timers these are.
    package init(database: Database, service: ServiceName) {
        self.database = database
        self.service = service
    }

    /// The statement that sets a timer, or moves it if it is there: its tries, its failure and its lease are forgotten.
    ///
    /// A worker that runs it just then cannot finish it any more. Run it in the transaction of the change it is for.
    ///
    /// - Parameters:
    ///   - kind: What is to happen.
    ///   - subject: The record that it is about.
    ///   - workspace: The record's workspace.
    ///   - due: When; a time that has passed means now.
    /// - Returns: The statement.
    package func schedule(
        _ kind: TimerKind, of subject: ID<AnyRecord>, in workspace: ID<Workspace>, at due: Timestamp
    ) -> SQL {
        upsert("VALUES (\(workspace), \(service), \(kind.rawValue), \(subject), \(due), greatest(\(due), now()))")
    }

    /// The body of a fragment that sets a timer for each row of `changed`, whose column `id` is the subject:
    /// `timer AS (\(timers.schedule(.reminder, ofEach: "changed", in: workspace, at: due)))`.
    package func schedule(
        _ kind: TimerKind, ofEach changed: SQL, in workspace: ID<Workspace>, at due: Timestamp
    ) -> SQL {
        schedule(kind, ofEach: changed, in: workspace, atEach: "\(due)")
    }

    /// The same at a time of each row's own: an expression over `changed`.
    package func schedule(
        _ kind: TimerKind, ofEach changed: SQL, in workspace: ID<Workspace>, atEach due: SQL
    ) -> SQL {
        upsert(
            """
            SELECT \(workspace), \(service), \(kind.rawValue), \(changed).id, \(due), greatest(\(due), now())
            FROM \(changed)
            """)
    }

    /// The statement that takes a timer away, whether it is there or not.
    package func cancel(_ kind: TimerKind, of subject: ID<AnyRecord>, in workspace: ID<Workspace>) -> SQL {
        """
        DELETE FROM core.timer
        WHERE workspace_id = \(workspace) AND service = \(service) AND kind = \(kind.rawValue)
          AND subject_id = \(subject)
        """
    }

    /// How many timers are due by now, how late the latest is, and how many were given up.
    ///
    /// - Throws: ``PostgresError``.
    package func load() async throws(PostgresError) -> TimerLoad {
        let rows = try await database.query(
            .scan, in: .none,
            """
            SELECT
                (SELECT count(*) FROM (
                    SELECT 1 FROM core.timer
                    WHERE service = \(service) AND dead_at IS NULL AND due_at <= now() LIMIT 10000) AS d) AS due,
                (SELECT count(*) FROM core.timer
                    WHERE service = \(service) AND dead_at IS NOT NULL) AS dead,
                (SELECT now() - min(due_at) FROM core.timer
                    WHERE service = \(service) AND dead_at IS NULL AND due_at <= now()) AS late
            """, as: TimerLoad.self)
        return rows.first ?? TimerLoad(due: 0, dead: 0, late: .zero)
    }

    private func upsert(_ source: SQL) -> SQL {
        """
        INSERT INTO core.timer AS t (workspace_id, service, kind, subject_id, scheduled_at, due_at)
        \(source)
        ON CONFLICT ON CONSTRAINT pk_timer DO UPDATE
        SET scheduled_at = excluded.scheduled_at, due_at = excluded.due_at, attempt = 0, lease_id = NULL,
            error = NULL, dead_at = NULL
        """
    }
}

/// How far a service is behind with its timers.
package struct TimerLoad: PostgresRow, Equatable {
    /// The columns of the statement.
    package static let columns = ["due", "dead", "late"]

    /// Timers that could be claimed now, counted up to 10,000.
    package let due: Int
    /// Timers that were given up and wait for a person.
    package let dead: Int
    /// How long the one that waits longest has been due; zero when none is.
    package let late: Duration

    /// Takes the figures.
    package init(due: Int, dead: Int, late: Duration) {
        self.due = due
        self.dead = dead
        self.late = late
    }

    /// Reads the figures.
    package init(row: borrowing RowReader) throws(PostgresDecodingError) {
        due = try row.decode("due")
        dead = try row.decode("dead")
        late = try row.decode("late", as: Duration?.self) ?? .zero
    }
}
