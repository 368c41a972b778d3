import Models

/// A comment that is about to be written, with everybody whom it tells.
struct CommentDraft: Sendable {
    /// The comment.
    let comment: TaskComment
    /// Who said it; `nil` for a process.
    let author: ID<User>?
    /// Whom it tells, each once, with the mention's id and the team by which they are called.
    let recipients: [Recipient]

    /// Somebody whom a comment tells.
    struct Recipient: Sendable {
        /// The id of the mention.
        let id: ID<TaskMention>
        /// The person.
        let user: ID<User>
        /// The team by which they are called; `nil` when they are called themselves.
        let team: ID<Team>?
    }

    /// The most people whom a comment tells, those of teams too.
    static let recipientLimit = 1_000

    /// What the activity says of it: ids, never the text.
    var details: [JSONValue.Member] {
        let (users, teams) = (comment.mentions.userIds.items, comment.mentions.teamIds.items)
        var members: [JSONValue.Member] = [.ids("comment_id", from: nil, to: comment.id)]
        if !users.isEmpty {
            members.append(.change("mentioned_user_ids", .null, .array(users.map { .string($0.description) })))
        }
        if !teams.isEmpty {
            members.append(.change("mentioned_team_ids", .null, .array(teams.map { .string($0.description) })))
        }
        return members
    }
}
