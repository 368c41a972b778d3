import Models
import Postgres
import ServiceKit

/// Keeps the names that tickets copy as their owners publish them.
///
/// A refresh counts `label_revision` up, and is no change of the record: neither version nor activity tells of it.
struct LabelStore: Sendable {
    /// What a ticket copies the name of.
    enum Source: CaseIterable, Sendable {
        case individual
        case organization
        case assignee
        case team

        /// The kind of record whose changes matter.
        var recordKind: RecordKind {
            switch self {
            case .individual: RecordKind(rawValue: "individual")
            case .organization: RecordKind(rawValue: "organization")
            case .assignee: .user
            case .team: .team
            }
        }
    }

    /// The most tickets that are refreshed in one transaction.
    static let batch = 500

    /// Refreshes up to ``batch`` tickets that show an old name of a record.
    ///
    /// Indexes: ix_ticket_individual, ix_ticket_organization, ix_ticket_assignee, ix_ticket_team.
    ///
    /// - Returns: How many were refreshed; as many as ``batch`` when there may be more.
    /// - Throws: ``PostgresError``.
    func refresh(
        _ source: Source, _ subject: ID<AnyRecord>, in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> Int {
        let names = source.names
        let result = try await tx.query(
            """
            WITH stale AS (
                SELECT t.id, n.name
                FROM tickets.ticket AS t, (\(source.published(subject, in: workspace))) AS n
                WHERE t.workspace_id = \(workspace) AND t.\(names.id) = \(subject)
                  AND t.\(names.label) IS DISTINCT FROM n.name
                ORDER BY t.id
                LIMIT \(Int64(Self.batch))
                FOR NO KEY UPDATE OF t
            ),
            refreshed AS (
                UPDATE tickets.ticket AS t
                SET \(names.label) = stale.name, label_revision = t.label_revision + 1
                FROM stale
                WHERE t.workspace_id = \(workspace) AND t.id = stale.id
                RETURNING t.id
            ),
            indexed AS (\(source.indexing(workspace)))
            SELECT (SELECT count(*) FROM refreshed) AS refreshed, (SELECT count(*) FROM indexed) AS indexed
            """)
        return Int(try result.value("refreshed", as: Int64.self))
    }

    /// The tickets among some that copied a name just before it changed, and so show an old one; usually none.
    ///
    /// A change is read once it cannot be passed over by older transactions; a ticket that was written in that moment
    /// is looked at here, after its own commit.
    ///
    /// - Throws: ``PostgresError``.
    func refresh(
        tickets: [ID<Ticket>], in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) {
        for source in Source.allCases {
            let names = source.names
            let result = try await tx.query(
                """
                SELECT DISTINCT t.\(names.id) AS subject
                FROM tickets.ticket AS t
                JOIN \(source.view) AS n ON n.workspace_id = \(workspace) AND n.id = t.\(names.id) \(source.condition)
                WHERE t.workspace_id = \(workspace) AND t.id = ANY (\(tickets))
                  AND t.\(names.label) IS DISTINCT FROM n.\(source.nameColumn)
                """)
            for row in 0..<result.count {
                let subject = try result.value("subject", row: row, as: ID<AnyRecord>.self)
                _ = try await refresh(source, subject, in: workspace, tx)
            }
        }
    }

    /// Learns the words of tickets, for those who mistype.
    ///
    /// - Throws: ``PostgresError``.
    func learnWords(
        of tickets: [ID<Ticket>], in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) {
        _ = try await tx.query("SELECT tickets.learn_words(\(workspace), \(tickets)) AS learned")
    }
}

extension LabelStore.Source {
    /// The columns of the ticket: whose name it copies, and the copy.
    fileprivate var names: (id: SQL, label: SQL) {
        switch self {
        case .individual: ("individual_id", "owner_label")
        case .organization: ("organization_id", "owner_label")
        case .assignee: ("assignee_id", "assignee_name")
        case .team: ("team_id", "team_name")
        }
    }

    /// The published view.
    fileprivate var view: SQL {
        switch self {
        case .individual, .organization: "customers.owner_card"
        case .assignee: "identity.person"
        case .team: "identity.team_card"
        }
    }

    /// The view's column with the name.
    fileprivate var nameColumn: SQL {
        switch self {
        case .individual, .organization: "label"
        case .assignee, .team: "name"
        }
    }

    /// What else finds the record in the view.
    fileprivate var condition: SQL {
        switch self {
        case .individual: "AND n.kind = 'individual'"
        case .organization: "AND n.kind = 'organization'"
        case .assignee, .team: ""
        }
    }

    /// The name as its owner publishes it.
    fileprivate func published(_ subject: ID<AnyRecord>, in workspace: ID<Workspace>) -> SQL {
        """
        SELECT n.\(nameColumn) AS name FROM \(view) AS n
        WHERE n.workspace_id = \(workspace) AND n.id = \(subject) \(condition)
        """
    }

    /// Owners' names are searched, others are not.
    fileprivate func indexing(_ workspace: ID<Workspace>) -> SQL {
        switch self {
        case .individual, .organization: "SELECT tickets.index_ticket(\(workspace), r.id) AS done FROM refreshed AS r"
        case .assignee, .team: "SELECT true AS done FROM refreshed"
        }
    }
}
