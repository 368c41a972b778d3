import Models
import Postgres
import ServiceKit

/// Comments and mentions as fragments of the statement that changes their task.
enum CommentWriting {
    /// `commented AS (…), mentioned AS (…)`: the comment and whom it tells, for the one row of `changed`.
    static func commented(_ draft: CommentDraft?, _ context: WriteContext) -> SQL {
        guard let draft else { return "commented AS (SELECT NULL::uuid AS id WHERE false)" }
        let comment = draft.comment
        let mentions = (try? WireJSON.encode(comment.mentions)) ?? []
        return """
            commented AS (
                INSERT INTO tasks.comment (
                    workspace_id, id, task_id, text, author_kind, author_id, author_service, mentions, created_at)
                SELECT \(context.workspace), \(comment.id), changed.id, \(comment.text), \(comment.author.kind),
                    \(comment.author.id), \(comment.author.service), \(JSONText(utf8: mentions)), \(comment.createdAt)
                FROM changed
                RETURNING id
            )\(mentioned(draft.recipients, context))
            """
    }

    private static func mentioned(_ recipients: [CommentDraft.Recipient], _ context: WriteContext) -> SQL {
        guard !recipients.isEmpty else { return "" }
        // Arrays, so that the statement is the same for all numbers of people; the id of zeros stands for no team.
        let teams = recipients.map { $0.team ?? .sample }
        return """
            ,
            mentioned AS (
                INSERT INTO tasks.mention (workspace_id, id, comment_id, user_id, team_id)
                SELECT \(context.workspace), m.id, commented.id, m.user_id, NULLIF(m.team_id, \(ID<Team>.sample))
                FROM commented,
                    unnest(\(recipients.map(\.id)), \(recipients.map(\.user)), \(teams)) AS m (id, user_id, team_id)
            )
            """
    }
}

extension CommentDraft {
    /// A comment of whoever acts.
    init(
        _ text: String, mentions: CommentMentions = CommentMentions(), telling people: [(ID<User>, ID<Team>?)] = [],
        by context: WriteContext
    ) {
        comment = TaskComment(
            id: .make(at: context.now), text: text, author: ActivityItem.Actor(context.actor), mentions: mentions,
            createdAt: context.now)
        author = if case .user(let id) = context.actor { id } else { nil }
        recipients = people.map { Recipient(id: .make(at: context.now), user: $0.0, team: $0.1) }
    }
}
