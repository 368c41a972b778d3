import Models
import Postgres
import ServiceKit

/// Reads comments and mentions, and finds whom a comment tells.
struct CommentStore: Sendable {
    let database: Database

    /// One page of a task's comments, newest first.
    ///
    /// Index: ix_comment_task.
    func comments(
        of task: ID<TaskItem>, in workspace: ID<Workspace>, before: ID<TaskComment>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = before.map { "AND c.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT c.id, c.text, \(Self.author), c.mentions, c.created_at
            FROM tasks.comment AS c
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = c.author_id
            WHERE c.workspace_id = \(workspace) AND c.task_id = \(task) \(position)
            ORDER BY c.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One page of the comments that called a person, newest first.
    ///
    /// Indexes: ix_mention_person, ix_mention_unread.
    func mentions(
        of person: ID<User>, in workspace: ID<Workspace>, _ query: TaskMentionQuery, before: ID<TaskMention>?
    ) async throws -> ResultSet {
        let position: SQL = before.map { "AND m.id < \($0)" } ?? ""
        let unread: SQL = query.unread == true ? "AND m.read_at IS NULL" : ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT m.id, t.id AS "task.id", t.title AS "task.title", t.status AS "task.status", m.comment_id, c.text,
                \(Self.author), m.team_id, c.created_at, m.read_at
            FROM tasks.mention AS m
            JOIN tasks.comment AS c ON c.workspace_id = \(workspace) AND c.id = m.comment_id
            JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = c.task_id
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = c.author_id
            WHERE m.workspace_id = \(workspace) AND m.user_id = \(person) \(unread) \(position)
            ORDER BY m.id DESC
            LIMIT \(Int64((query.limit ?? .standard).value) + 1)
            """)
    }

    /// Marks a person's mention as read; a mark of their own, no change of the task.
    ///
    /// - Throws: ``Problem`` 404 when it is nobody's or somebody else's; ``PostgresError``.
    func read(_ mention: ID<TaskMention>, by person: ID<User>, _ context: WriteContext) async throws {
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH changed AS (
                UPDATE tasks.mention
                SET read_at = COALESCE(read_at, \(context.now))
                WHERE workspace_id = \(context.workspace) AND id = \(mention) AND user_id = \(person)
                RETURNING id
            ),
            \(context.keep(.noContent, from: "changed"))
            SELECT (SELECT count(*) FROM changed) AS changed, (SELECT count(*) FROM kept) AS kept
            """)
        guard try result.value("changed", as: Int64.self) == 1 else { throw Problem.notFound("mention") }
    }

    /// Whom a comment tells: the people, and the members of the teams, each once, however often they are listed.
    ///
    /// - Throws: ``Problem`` 422 for people and teams that are not there, by their places in the lists, and for more
    ///   people than one comment may tell; ``PostgresError``.
    func recipients(
        _ users: [ID<User>], _ teams: [ID<Team>], in workspace: ID<Workspace>
    ) async throws -> [(ID<User>, ID<Team>?)] {
        let people = try await found("identity.person", users, "is_active", in: workspace)
        let groups = try await found("identity.team_card", teams, "NOT is_deleted", in: workspace)
        let faults =
            Self.faults("user_ids", users, people, "is nobody who works here")
            + Self.faults("team_ids", teams, groups, "is no team here")
        guard faults.isEmpty else { throw Problem.invalidBody(faults) }
        var told = Set(users)
        var recipients = Array(told).sorted().map { (user: ID<User>) -> (ID<User>, ID<Team>?) in (user, nil) }
        for member in try await members(of: Set(teams), in: workspace) where told.insert(member.user).inserted {
            recipients.append((member.user, member.team))
        }
        guard recipients.count <= CommentDraft.recipientLimit else {
            throw Problem.invalidBody([
                FieldError("/mentions/team_ids", .tooLong, "call more than \(CommentDraft.recipientLimit) people")
            ])
        }
        return recipients
    }

    private func found<Entity>(
        _ view: SQL, _ ids: [ID<Entity>], _ condition: SQL, in workspace: ID<Workspace>
    ) async throws -> Set<ID<AnyRecord>> {
        guard !ids.isEmpty else { return [] }
        let list = SQL.joined(ids.map { "\($0)" }, by: ", ")
        return Set(
            try await database.query(
                .point, in: .workspace(workspace),
                "SELECT id FROM \(view) WHERE workspace_id = \(workspace) AND id IN (\(list)) AND \(condition)",
                as: FoundRow.self
            ).map(\.id))
    }

    /// The rows that are asked for are one more than a comment may tell.
    private func members(of teams: Set<ID<Team>>, in workspace: ID<Workspace>) async throws -> [MemberRow] {
        guard !teams.isEmpty else { return [] }
        let list = SQL.joined(teams.sorted().map { "\($0)" }, by: ", ")
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT DISTINCT ON (m.user_id) m.user_id, m.team_id
            FROM identity.team_membership AS m
            WHERE m.workspace_id = \(workspace) AND m.team_id IN (\(list))
            ORDER BY m.user_id, m.team_id
            LIMIT \(Int64(CommentDraft.recipientLimit) + 1)
            """, as: MemberRow.self)
    }

    private static func faults<Entity>(
        _ member: String, _ ids: [ID<Entity>], _ found: Set<ID<AnyRecord>>, _ detail: String
    ) -> [FieldError] {
        ids.enumerated().filter { !found.contains($0.element.erased) }.map { index, _ in
            FieldError("/mentions/\(member)/\(index)", .notFound, detail)
        }
    }

    private static let author: SQL = """
        c.author_kind AS "author.kind", c.author_id AS "author.id", c.author_service AS "author.service",
        p.name AS "author.name"
        """
}

/// The id of something that a comment names.
private struct FoundRow: PostgresRow {
    static let columns = ["id"]
    let id: ID<AnyRecord>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
    }
}

/// A member of a team that a comment names.
private struct MemberRow: PostgresRow {
    static let columns = ["user_id", "team_id"]
    let user: ID<User>
    let team: ID<Team>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        user = try row.decode("user_id")
        team = try row.decode("team_id")
    }
}
